package main

import (
	"context"
	"encoding/json"
	"io"
	"sync/atomic"
	"syscall"
	"time"

	pb "starlark-runner/runnerpb/runner/v1"
)

const (
	watchEvery = 10 * time.Millisecond
	startTime  = 30 * time.Second
	// Resident memory of a child that runs nothing; what comes on top is the code's.
	bareChildBytes = 24 << 20
	keptCalls      = 1000
)

var levels = map[string]pb.LogLine_Level{
	"debug": pb.LogLine_LEVEL_DEBUG, "info": pb.LogLine_LEVEL_INFO, "warn": pb.LogLine_LEVEL_WARNING, "error": pb.LogLine_LEVEL_ERROR,
}

// call is one run of one hook, with what is heard of it.
type call struct {
	runner *runner
	task   *task
	source string
	limits *pb.Limits
	way    *pb.CallContext
	began  time.Time
	report *pb.Report
	// For streams; nil where nobody listens. An error ends the call.
	onLog  func(*pb.LogLine) error
	onCall func(*pb.OutgoingCall) error
	onEmit func(*emitWord) error
}

// outcome: JSON text of the result ("null" is nothing), or why there is none.
type outcome struct {
	result  string
	failure *failure
}

// run waits for room and runs the child to its end. The child is dead when it returns.
func (c *call) run(ctx context.Context) outcome {
	c.began, c.report = time.Now(), &pb.Report{}
	defer func() { c.report.WallMs = uint32(time.Since(c.began).Milliseconds()) }()
	wall := time.Duration(c.limits.WallMs) * time.Millisecond
	if refusal := c.runner.admission.enter(ctx, c.source, c.limits.ConcurrentCalls, wall); refusal != nil {
		return outcome{failure: refusal}
	}
	defer c.runner.admission.leave(c.source)
	atomic.AddUint64(&c.runner.calls, 1)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	way := openEgress(c.runner.exceptions, c.way, c.limits, func(made *pb.OutgoingCall) {
		if len(c.report.Calls) < keptCalls {
			c.report.Calls = append(c.report.Calls, made)
		}
		if c.onCall != nil {
			_ = c.onCall(made)
		}
	})
	defer way.close()
	ended := c.runner.runChild(ctx, c.task, c.limits, func(ctx context.Context, said *word, answer func(fetched)) error {
		switch {
		case said.Log != nil:
			return c.log(said.Log)
		case said.Emit != nil && c.onEmit != nil:
			return c.onEmit(said.Emit)
		case said.Fetch != nil:
			answer(way.fetch(ctx, said.Fetch))
		}
		return nil
	})
	if ended.Failure != nil {
		return outcome{failure: ended.Failure}
	}
	return outcome{result: *ended.Result}
}

func (c *call) log(said *logWord) error {
	if uint32(len(c.report.Logs)) >= c.limits.LogLines {
		c.report.DroppedLogs++
		return nil
	}
	line := &pb.LogLine{Level: levels[said.Level], Message: cut(said.Message, 2000), AtMs: uint32(time.Since(c.began).Milliseconds())}
	c.report.Logs = append(c.report.Logs, line)
	if c.onLog != nil {
		return c.onLog(line)
	}
	return nil
}

// runChild starts a child, hears it to its last word, and kills it when a limit or the caller says so. That word is
// Compiled, Result or Failure.
func (r *runner) runChild(ctx context.Context, asked *task, limits *pb.Limits, hear func(context.Context, *word, func(fetched)) error) *word {
	crashed := &word{Failure: failf("crashed", "The sandboxed process ended by itself")}
	child := r.box.command()
	stderr := &firstBytes{}
	child.Stderr = stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		return crashed
	}
	stdout, err := child.StdoutPipe()
	if err != nil || child.Start() != nil {
		return crashed
	}
	life, end := context.WithCancel(ctx)
	begun := make(chan struct{})
	verdict := make(chan *failure, 1)
	go func() {
		verdict <- watch(life, child.Process.Pid, limits, begun)
		// Its whole group; it may be dead by then, but it is not reaped before Wait below.
		_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL)
		end()
	}()
	encoder := json.NewEncoder(stdin)
	go func() { _ = encoder.Encode(asked) }()
	last := listen(life, json.NewDecoder(io.LimitReader(stdout, 1<<40)), begun, hear, func(answer fetched) { _ = encoder.Encode(answer) })
	end()
	killed := <-verdict
	_ = child.Wait()
	switch {
	case last != nil:
		return last
	case killed != nil:
		atomic.AddUint64(&r.kills, 1)
		return &word{Failure: killed}
	case ctx.Err() == context.DeadlineExceeded:
		return &word{Failure: failf("timeout", "The deadline of the caller came")}
	case ctx.Err() != nil:
		return &word{Failure: failf("cancelled", "The caller went away")}
	case stderr.saysOutOfMemory():
		return &word{Failure: failf("memory", "The code took more than %d bytes", limits.MemoryBytes)}
	}
	return crashed
}

// listen hears a child until its last word; nil when it ended without one, or nobody wants to hear it any longer.
func listen(ctx context.Context, words *json.Decoder, begun chan struct{}, hear func(context.Context, *word, func(fetched)) error, answer func(fetched)) *word {
	for {
		said := &word{}
		if words.Decode(said) != nil {
			return nil
		}
		if said.Begun {
			close(begun)
		} else if said.Compiled != nil || said.Result != nil || said.Failure != nil {
			return said
		} else if hear == nil || hear(ctx, said, answer) != nil {
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// watch waits for the end of a child, or for the moment at which it must be killed, and says why.
func watch(life context.Context, pid int, limits *pb.Limits, begun chan struct{}) *failure {
	wall := time.NewTimer(startTime)
	defer wall.Stop()
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	cpuAtBegin := uint64(0)
	for {
		select {
		case <-life.Done():
			return nil
		case <-begun:
			begun = nil
			wall.Reset(time.Duration(limits.WallMs) * time.Millisecond)
			_, cpuAtBegin = usage(pid)
		case <-wall.C:
			return failf("timeout", "The code ran longer than %d ms", limits.WallMs)
		case <-look.C:
			bytes, cpuMs := usage(pid)
			if bytes > limits.MemoryBytes+bareChildBytes {
				return failf("memory", "The code took more than %d bytes", limits.MemoryBytes)
			}
			if begun == nil && cpuMs > cpuAtBegin+uint64(limits.CpuMs) {
				return failf("timeout", "The code computed longer than %d ms", limits.CpuMs)
			}
		}
	}
}
