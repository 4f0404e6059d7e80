package main

import pb "starlark-runner/runnerpb/runner/v1"

var defaultLimits = &pb.Limits{
	WallMs: 10_000, CpuMs: 5_000, MemoryBytes: 64 << 20, OutputBytes: 1 << 20,
	LogLines: 100, OutgoingCalls: 20, ConcurrentCalls: 32, ResponseBytes: 4 << 20,
}
var maximumLimits = &pb.Limits{
	WallMs: 600_000, CpuMs: 300_000, MemoryBytes: 512 << 20, OutputBytes: 8 << 20,
	LogLines: 1_000, OutgoingCalls: 1_000, ConcurrentCalls: 64, ResponseBytes: 16 << 20,
}

// settle fills in defaults and lowers to the maxima.
func settle(asked *pb.Limits) *pb.Limits {
	usual, most := defaultLimits, maximumLimits
	return &pb.Limits{
		WallMs:          within(asked.GetWallMs(), usual.WallMs, most.WallMs),
		CpuMs:           within(asked.GetCpuMs(), usual.CpuMs, most.CpuMs),
		MemoryBytes:     within(asked.GetMemoryBytes(), usual.MemoryBytes, most.MemoryBytes),
		OutputBytes:     within(asked.GetOutputBytes(), usual.OutputBytes, most.OutputBytes),
		LogLines:        within(asked.GetLogLines(), usual.LogLines, most.LogLines),
		OutgoingCalls:   within(asked.GetOutgoingCalls(), usual.OutgoingCalls, most.OutgoingCalls),
		ConcurrentCalls: within(asked.GetConcurrentCalls(), usual.ConcurrentCalls, most.ConcurrentCalls),
		ResponseBytes:   within(asked.GetResponseBytes(), usual.ResponseBytes, most.ResponseBytes),
	}
}

func within[T uint32 | uint64](asked, usual, most T) T {
	if asked == 0 {
		return usual
	}
	if asked > most {
		return most
	}
	return asked
}
