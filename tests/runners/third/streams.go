package main

import pb "starlark-runner/runnerpb/runner/v1"

// BackgroundTask streams what the hook emits. Send waits for a slow reader, and so does the child behind its pipe.
func (r *runner) BackgroundTask(request *pb.BackgroundTaskRequest, stream pb.RunnerService_BackgroundTaskServer) error {
	version, refusal := r.get(request.Hash)
	if refusal != nil {
		return refusal.toStatus(nil)
	}
	asked, refusal := r.prepare(version, "backgroundTask", request.Context, nil, nil)
	if refusal != nil {
		return refusal.toStatus(nil)
	}
	asked.onLog = func(line *pb.LogLine) error {
		return stream.Send(&pb.BackgroundTaskResponse{Event: &pb.BackgroundTaskResponse_Log{Log: line}})
	}
	asked.onEmit = func(said *emitWord) error { return stream.Send(eventOf(said)) }
	if ended := asked.run(stream.Context()); ended.failure != nil {
		return ended.failure.toStatus(asked.report)
	}
	return stream.Send(&pb.BackgroundTaskResponse{Event: &pb.BackgroundTaskResponse_End{End: &pb.TaskEnd{Report: asked.report}}})
}

func eventOf(said *emitWord) *pb.BackgroundTaskResponse {
	text := []byte(said.JSON)
	switch said.What {
	case "dataset":
		return &pb.BackgroundTaskResponse{Event: &pb.BackgroundTaskResponse_DatasetRecordJson{DatasetRecordJson: text}}
	case "entity":
		return &pb.BackgroundTaskResponse{Event: &pb.BackgroundTaskResponse_EntityJson{EntityJson: text}}
	case "link":
		return &pb.BackgroundTaskResponse{Event: &pb.BackgroundTaskResponse_LinkJson{LinkJson: text}}
	}
	return &pb.BackgroundTaskResponse{Event: &pb.BackgroundTaskResponse_Progress{Progress: &pb.Progress{Done: said.Done, Total: said.Total}}}
}

// Test runs unsaved code once; the version is never held.
func (r *runner) Test(request *pb.TestRequest, stream pb.RunnerService_TestServer) error {
	compiled, diagnostics, refusal := r.compile(stream.Context(), request.Version)
	if refusal != nil {
		return refusal.toStatus(nil)
	}
	for _, each := range diagnostics {
		if err := stream.Send(&pb.TestResponse{Event: &pb.TestResponse_Diagnostic{Diagnostic: each}}); err != nil {
			return err
		}
	}
	if len(diagnostics) > 0 {
		first := diagnostics[0]
		why := &failure{Reason: "syntax", Message: first.Message, Line: first.Line, Column: first.Column}
		return sendOutcome(stream, &pb.TestOutcome{Outcome: &pb.TestOutcome_Failure{Failure: why.toWire(nil)}})
	}
	asked, refusal := r.prepare(compiled, "fetchData", request.Context, request.Indicator, nil)
	if refusal != nil {
		return refusal.toStatus(nil)
	}
	asked.onLog = func(line *pb.LogLine) error {
		return stream.Send(&pb.TestResponse{Event: &pb.TestResponse_Log{Log: line}})
	}
	asked.onCall = func(made *pb.OutgoingCall) error {
		return stream.Send(&pb.TestResponse{Event: &pb.TestResponse_Call{Call: made}})
	}
	ended := asked.run(stream.Context())
	outcome := &pb.TestOutcome{WallMs: asked.report.WallMs}
	switch {
	case ended.failure != nil:
		outcome.Outcome = &pb.TestOutcome_Failure{Failure: ended.failure.toWire(nil)}
	case ended.result == "null":
		outcome.Outcome = &pb.TestOutcome_NotFound{NotFound: &pb.NotFound{}}
	default:
		outcome.Outcome = &pb.TestOutcome_ResultJson{ResultJson: []byte(ended.result)}
	}
	return sendOutcome(stream, outcome)
}

func sendOutcome(stream pb.RunnerService_TestServer, outcome *pb.TestOutcome) error {
	return stream.Send(&pb.TestResponse{Event: &pb.TestResponse_Outcome{Outcome: outcome}})
}
