package main

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "starlark-runner/runnerpb/runner/v1"
)

const (
	trailerMessageBytes = 1000
	trailerReportBytes  = 3000
)

// failure says why a call gave no result; the words are those of the child's protocol too.
type failure struct {
	Reason       string `json:"reason"`
	Message      string `json:"message"`
	Line         uint32 `json:"line"`
	Column       uint32 `json:"column"`
	RetryAfterMs uint64 `json:"retryAfterMs"`
}

func failf(reason, format string, parts ...any) *failure {
	return &failure{Reason: reason, Message: fmt.Sprintf(format, parts...)}
}

var wire = map[string]struct {
	reason pb.Failure_Reason
	code   codes.Code
}{
	"unknown-version":  {pb.Failure_REASON_UNKNOWN_VERSION, codes.FailedPrecondition},
	"syntax":           {pb.Failure_REASON_SYNTAX, codes.InvalidArgument},
	"missing-hook":     {pb.Failure_REASON_MISSING_HOOK, codes.Unimplemented},
	"exception":        {pb.Failure_REASON_EXCEPTION, codes.Unknown},
	"timeout":          {pb.Failure_REASON_TIMEOUT, codes.DeadlineExceeded},
	"memory":           {pb.Failure_REASON_MEMORY, codes.ResourceExhausted},
	"output-too-large": {pb.Failure_REASON_OUTPUT_TOO_LARGE, codes.ResourceExhausted},
	"bad-result":       {pb.Failure_REASON_BAD_RESULT, codes.InvalidArgument},
	"egress-denied":    {pb.Failure_REASON_EGRESS_DENIED, codes.PermissionDenied},
	"host-unreachable": {pb.Failure_REASON_HOST_UNREACHABLE, codes.Unknown},
	"crashed":          {pb.Failure_REASON_CRASHED, codes.Aborted},
	"overloaded":       {pb.Failure_REASON_OVERLOADED, codes.ResourceExhausted},
	"rate-limited":     {pb.Failure_REASON_RATE_LIMITED, codes.Unknown},
	"unauthorized":     {pb.Failure_REASON_UNAUTHORIZED, codes.Unknown},
	"provider-error":   {pb.Failure_REASON_PROVIDER_ERROR, codes.Unknown},
	"misconfigured":    {pb.Failure_REASON_MISCONFIGURED, codes.Unknown},
	"cancelled":        {pb.Failure_REASON_CANCELLED, codes.Canceled},
	"bad-request":      {pb.Failure_REASON_BAD_REQUEST, codes.InvalidArgument},
	"requirements":     {pb.Failure_REASON_REQUIREMENTS, codes.FailedPrecondition},
}

func (f *failure) toWire(report *pb.Report) *pb.Failure {
	return &pb.Failure{
		Reason: wire[f.Reason].reason, Message: cut(f.Message, trailerMessageBytes),
		Line: f.Line, Column: f.Column, RetryAfterMs: f.RetryAfterMs, Report: report,
	}
}

// toStatus gives the error of an RPC, small enough for the headers of any peer.
func (f *failure) toStatus(report *pb.Report) error {
	plain := status.New(wire[f.Reason].code, cut(f.Message, 200))
	typed, err := plain.WithDetails(f.toWire(abridge(report)))
	if err != nil {
		return plain.Err()
	}
	return typed.Err()
}

// abridge keeps the last calls and lines that fit into a trailer and counts the others as dropped.
func abridge(report *pb.Report) *pb.Report {
	if report == nil {
		return nil
	}
	short := &pb.Report{DroppedLogs: report.DroppedLogs, WallMs: report.WallMs}
	left := trailerReportBytes
	for i := len(report.Calls) - 1; i >= 0; i-- {
		call := report.Calls[i]
		call.Target, call.Error = cut(call.Target, 300), cut(call.Error, 300)
		if left -= len(call.Target) + len(call.Error) + 48; left < 0 {
			break
		}
		short.Calls = append([]*pb.OutgoingCall{call}, short.Calls...)
	}
	for i := len(report.Logs) - 1; i >= 0; i-- {
		line := &pb.LogLine{Level: report.Logs[i].Level, AtMs: report.Logs[i].AtMs, Message: cut(report.Logs[i].Message, 300)}
		if left -= len(line.Message) + 16; left < 0 {
			short.DroppedLogs += uint32(i + 1)
			break
		}
		short.Logs = append([]*pb.LogLine{line}, short.Logs...)
	}
	return short
}

// cut shortens to so many bytes and never within a character.
func cut(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}
