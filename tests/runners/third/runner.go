package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"go.starlark.net/starlark"

	pb "starlark-runner/runnerpb/runner/v1"
)

const mostCodeBytes = 1 << 20

type held struct {
	version *pb.SourceVersion
	hooks   []string
}

type runner struct {
	pb.UnimplementedRunnerServiceServer
	instanceID   string
	mutex        sync.RWMutex
	held         map[string]*held
	admission    *admission
	exceptions   *exceptions
	box          box
	calls, kills uint64
}

func (r *runner) get(hash string) (*held, *failure) {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	if found := r.held[hash]; found != nil {
		return found, nil
	}
	return nil, failf("unknown-version", "Version %s is not held: push it by Update and call again", cut(hash, 80))
}

// compile checks a version and compiles it in a child, without keeping it.
func (r *runner) compile(ctx context.Context, version *pb.SourceVersion) (*held, []*pb.Diagnostic, *failure) {
	if version == nil {
		return nil, nil, failf("bad-request", "version is missing")
	}
	sum := sha256.Sum256([]byte(version.Language + "\n" + strings.Join(version.Requirements, ",") + "\n" + version.Code))
	switch hash := hex.EncodeToString(sum[:]); {
	case version.Language != "starlark":
		return nil, nil, failf("bad-request", "version.language is %q, but this runner runs starlark", version.Language)
	case len(version.Code) > mostCodeBytes:
		return nil, nil, failf("bad-request", "version.code has %d bytes; at most %d are taken", len(version.Code), mostCodeBytes)
	case hash != version.Hash:
		return nil, nil, failf("bad-request", "version.hash is %q, but the code's is %q", cut(version.Hash, 80), hash)
	case len(version.Requirements) > 0:
		return nil, nil, failf("requirements", "Starlark has no packages: %s", strings.Join(version.Requirements, ", "))
	}
	said := r.runChild(ctx, &task{Code: version.Code, MemoryBytes: defaultLimits.MemoryBytes}, defaultLimits, nil)
	if said.Failure != nil {
		return nil, nil, said.Failure
	}
	var diagnostics []*pb.Diagnostic
	for _, each := range said.Compiled.Errors {
		diagnostics = append(diagnostics, &pb.Diagnostic{
			Severity: pb.Diagnostic_SEVERITY_ERROR, Message: each.Message, Line: each.Line, Column: each.Column,
		})
	}
	return &held{version, said.Compiled.Hooks}, diagnostics, nil
}

// add compiles and keeps, unless something is wrong.
func (r *runner) add(ctx context.Context, version *pb.SourceVersion) ([]*pb.Diagnostic, []string, *failure) {
	compiled, diagnostics, refusal := r.compile(ctx, version)
	if refusal != nil || len(diagnostics) > 0 {
		return diagnostics, nil, refusal
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.held[version.Hash] = compiled
	return nil, compiled.hooks, nil
}

func (r *runner) Init(ctx context.Context, request *pb.InitRequest) (*pb.InitResponse, error) {
	r.mutex.Lock()
	r.held = map[string]*held{}
	r.mutex.Unlock()
	answer := &pb.InitResponse{}
	for _, version := range request.Versions {
		diagnostics, _, refusal := r.add(ctx, version)
		if refusal != nil {
			return nil, refusal.toStatus(nil)
		}
		if len(diagnostics) > 0 {
			answer.Rejected = append(answer.Rejected, &pb.VersionDiagnostics{Hash: version.Hash, Diagnostics: diagnostics})
		}
	}
	return answer, nil
}

func (r *runner) Update(ctx context.Context, request *pb.UpdateRequest) (*pb.UpdateResponse, error) {
	diagnostics, hooks, refusal := r.add(ctx, request.Version)
	if refusal != nil {
		return nil, refusal.toStatus(nil)
	}
	return &pb.UpdateResponse{Diagnostics: diagnostics, Hooks: hooks}, nil
}

func (r *runner) Delete(_ context.Context, request *pb.DeleteRequest) (*pb.DeleteResponse, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.held, request.Hash)
	return &pb.DeleteResponse{}, nil
}

// prepare checks a request's shape. Every refusal names the field.
func (r *runner) prepare(version *held, hook string, way *pb.CallContext, who *pb.Indicator, messages [][]byte) (*call, *failure) {
	if way == nil {
		way = &pb.CallContext{}
	}
	var object map[string]json.RawMessage
	var list []json.RawMessage
	if len(way.ConfigJson) > 0 && (json.Unmarshal(way.ConfigJson, &object) != nil || object == nil) {
		return nil, failf("bad-request", "context.config_json is not a JSON object")
	}
	if len(way.MatchesJson) > 0 && (json.Unmarshal(way.MatchesJson, &list) != nil || list == nil) {
		return nil, failf("bad-request", "context.matches_json is not a JSON array")
	}
	if hook == "fetchData" && (who.GetKind() == "" || who.GetValue() == "") {
		return nil, failf("bad-request", "indicator is missing, or its kind or value is empty")
	}
	batch := make([]json.RawMessage, len(messages))
	for i, message := range messages {
		var one map[string]json.RawMessage
		if json.Unmarshal(message, &one) != nil || one == nil {
			return nil, failf("bad-request", "messages_json[%d] is not a JSON object", i)
		}
		batch[i] = message
	}
	if !contains(version.hooks, hook) {
		return nil, failf("missing-hook", "The code has no %s; it has %s", hook, strings.Join(version.hooks, ", "))
	}
	all, err := json.Marshal(batch)
	if err != nil {
		return nil, failf("bad-request", "messages_json cannot be read")
	}
	limits, source := settle(way.Limits), way.SourceId
	if source == "" {
		source = version.version.SourceId
	}
	asked := &task{
		Code: version.version.Code, Hook: hook, Kind: who.GetKind(), Value: who.GetValue(), Config: way.ConfigJson,
		Matches: way.MatchesJson, Messages: all, Secrets: way.Secrets, MemoryBytes: limits.MemoryBytes, OutputBytes: limits.OutputBytes,
	}
	return &call{runner: r, task: asked, source: source, limits: limits, way: way}, nil
}

func contains(all []string, one string) bool {
	for _, each := range all {
		if each == one {
			return true
		}
	}
	return false
}

func (r *runner) FetchData(ctx context.Context, request *pb.FetchDataRequest) (*pb.FetchDataResponse, error) {
	version, refusal := r.get(request.Hash)
	if refusal != nil {
		return nil, refusal.toStatus(nil)
	}
	asked, refusal := r.prepare(version, "fetchData", request.Context, request.Indicator, nil)
	if refusal != nil {
		return nil, refusal.toStatus(nil)
	}
	ended := asked.run(ctx)
	if ended.failure != nil {
		return nil, ended.failure.toStatus(asked.report)
	}
	if ended.result == "null" {
		return &pb.FetchDataResponse{Outcome: &pb.FetchDataResponse_NotFound{NotFound: &pb.NotFound{}}, Report: asked.report}, nil
	}
	return &pb.FetchDataResponse{Outcome: &pb.FetchDataResponse_ResultJson{ResultJson: []byte(ended.result)}, Report: asked.report}, nil
}

func (r *runner) Receive(ctx context.Context, request *pb.ReceiveRequest) (*pb.ReceiveResponse, error) {
	version, refusal := r.get(request.Hash)
	if refusal != nil {
		return nil, refusal.toStatus(nil)
	}
	asked, refusal := r.prepare(version, "receive", request.Context, nil, request.MessagesJson)
	if refusal != nil {
		return nil, refusal.toStatus(nil)
	}
	ended := asked.run(ctx)
	if ended.failure != nil {
		return nil, ended.failure.toStatus(asked.report)
	}
	var given []struct {
		Accepted *bool
		Reason   string
	}
	err := json.Unmarshal([]byte(ended.result), &given)
	answer := &pb.ReceiveResponse{Report: asked.report}
	for _, each := range given {
		if each.Accepted == nil {
			err = fmt.Errorf("accepted is missing")
			break
		}
		answer.Outcomes = append(answer.Outcomes, &pb.ReceiveOutcome{Accepted: *each.Accepted, Reason: cut(each.Reason, 500)})
	}
	if err != nil || len(given) != len(request.MessagesJson) {
		return nil, failf("bad-result", `receive must return one {"accepted", "reason"} for each of the %d messages`, len(request.MessagesJson)).toStatus(asked.report)
	}
	return answer, nil
}

func (r *runner) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	running, waiting := r.admission.counts()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	hashes := make([]string, 0, len(r.held))
	for hash := range r.held {
		hashes = append(hashes, hash)
	}
	sort.Strings(hashes)
	return &pb.DescribeResponse{
		Language: "starlark", LanguageVersion: fmt.Sprintf("starlark-go %d", starlark.CompilerVersion), RunnerVersion: "1",
		Capabilities: []string{"fetchData", "backgroundTask", "receive", "test"},
		SandboxLevel: sandboxLevel, SandboxLayers: r.box.layers,
		DefaultLimits: defaultLimits, MaximumLimits: maximumLimits,
		Load: &pb.Load{
			RunningCalls: running, QueuedCalls: waiting, Children: running, MemoryBytes: memory.Sys,
			CallsTotal: atomic.LoadUint64(&r.calls), KillsTotal: atomic.LoadUint64(&r.kills),
		},
		Held: hashes, InstanceId: r.instanceID,
	}, nil
}
