package main

import (
	"context"
	"sync"
	"time"
)

const (
	mostRunning = 128
	mostWaiting = 2048
)

type waiter struct {
	source string
	limit  uint32
	go_    chan struct{}
}

// admission lets so many calls of one source, and so many of all, run at once; the others wait in order.
type admission struct {
	mutex   sync.Mutex
	running map[string]uint32
	total   uint32
	line    []*waiter
}

func newAdmission() *admission { return &admission{running: map[string]uint32{}} }

// enter waits for room; nil means that the call may run, and must leave.
func (a *admission) enter(ctx context.Context, source string, limit uint32, atMost time.Duration) *failure {
	me := &waiter{source, limit, make(chan struct{})}
	a.mutex.Lock()
	if len(a.line) >= mostWaiting {
		a.mutex.Unlock()
		return failf("overloaded", "The runner has %d calls running and %d waiting", mostRunning, mostWaiting)
	}
	a.line = append(a.line, me)
	a.admit()
	a.mutex.Unlock()
	patience := time.NewTimer(atMost)
	defer patience.Stop()
	select {
	case <-me.go_:
		return nil
	case <-ctx.Done():
		return a.giveUp(me, failf("cancelled", "The caller went away while the call waited"))
	case <-patience.C:
		return a.giveUp(me, failf("overloaded", "The call waited for its turn as long as its code may run"))
	}
}

func (a *admission) leave(source string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.total--
	if a.running[source]--; a.running[source] == 0 {
		delete(a.running, source)
	}
	a.admit()
}

func (a *admission) counts() (running, waiting uint32) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.total, uint32(len(a.line))
}

// admit lets in who has room, in the order of the line; a full source does not hold up the others.
func (a *admission) admit() {
	kept := a.line[:0]
	for _, each := range a.line {
		if a.total < mostRunning && a.running[each.source] < each.limit {
			a.running[each.source]++
			a.total++
			close(each.go_)
		} else {
			kept = append(kept, each)
		}
	}
	a.line = kept
}

func (a *admission) giveUp(me *waiter, why *failure) *failure {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for i, each := range a.line {
		if each == me {
			a.line = append(a.line[:i], a.line[i+1:]...)
			return why
		}
	}
	// Let in at the same moment.
	return nil
}
