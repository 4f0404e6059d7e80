package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// No Landlock and no seccomp: what the children cannot do, they cannot do because Starlark has no words for it.
const sandboxLevel = "process"

// box is how children are started: with namespaces of their own where the machine lets us.
type box struct {
	cloneFlags uintptr
	layers     []string
}

const ownNamespaces = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWPID

func probeBox() box {
	plain := box{layers: []string{"rlimits", "starlark"}}
	spaced := box{cloneFlags: ownNamespaces, layers: []string{"rlimits", "starlark", "userns", "netns", "ipcns", "pidns"}}
	command := spaced.command()
	command.Stdin = strings.NewReader(`{"code":""}`)
	if said, err := command.Output(); err == nil && bytes.Contains(said, []byte(`"compiled"`)) {
		return spaced
	}
	return plain
}

// command is a child with an empty environment and no open file of ours.
func (b box) command() *exec.Cmd {
	command := exec.Command("/proc/self/exe", "--child")
	command.Env, command.Dir = []string{"GOMAXPROCS=2"}, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Cloneflags: b.cloneFlags}
	return command
}

// usage is what a process has used so far: resident bytes, and processor time in milliseconds.
func usage(pid int) (bytes uint64, cpuMs uint64) {
	var pages, skipped uint64
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
		_, _ = fmt.Sscan(string(text), &skipped, &pages)
	}
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		fields := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
		var user, system uint64
		if len(fields) > 12 {
			_, _ = fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
		}
		// The kernel tells ticks of 10 ms, whatever its own are.
		cpuMs = (user + system) * 10
	}
	return pages * uint64(os.Getpagesize()), cpuMs
}

// firstBytes keeps the beginning of what a child says on standard error, for its cause of death.
type firstBytes struct {
	mutex sync.Mutex
	text  []byte
}

func (f *firstBytes) Write(more []byte) (int, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if room := 4096 - len(f.text); room > 0 {
		f.text = append(f.text, more[:min(room, len(more))]...)
	}
	return len(more), nil
}

func (f *firstBytes) saysOutOfMemory() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return bytes.Contains(f.text, []byte("out of memory")) || bytes.Contains(f.text, []byte("cannot allocate memory"))
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
