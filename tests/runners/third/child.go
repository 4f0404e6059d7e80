package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	starlarkjson "go.starlark.net/lib/json"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// A child runs one call, or compiles one version, and ends. It speaks JSON values over its standard input and output.
type task struct {
	Code        string            `json:"code"`
	Hook        string            `json:"hook"` // empty: compile only
	Kind, Value string            // of the indicator
	Config      json.RawMessage   `json:"config"`
	Matches     json.RawMessage   `json:"matches"`
	Messages    json.RawMessage   `json:"messages"`
	Secrets     map[string]string `json:"secrets"`
	MemoryBytes uint64            `json:"memoryBytes"`
	OutputBytes uint64            `json:"outputBytes"`
}

// What the child says: one of these fields.
type word struct {
	Log      *logWord     `json:"log,omitempty"`
	Fetch    *fetchWord   `json:"fetch,omitempty"`
	Emit     *emitWord    `json:"emit,omitempty"`
	Compiled *compileWord `json:"compiled,omitempty"`
	Begun    bool         `json:"begun,omitempty"`
	Result   *string      `json:"result,omitempty"` // JSON text; "null" is nothing
	Failure  *failure     `json:"failure,omitempty"`
}
type logWord struct{ Level, Message string }
type fetchWord struct {
	URL, Method string
	Headers     map[string]string
	Body        *string
}
type emitWord struct {
	What        string // progress, dataset, entity, link
	JSON        string
	Done, Total uint64
}
type compileWord struct {
	Hooks  []string
	Errors []failure
}
type fetched struct {
	Status  int
	Headers map[string]string
	Body    []byte
	Failure *failure
}

const fileName = "source.star"

var dialect = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true}
var hookNames = map[string]string{"fetch_data": "fetchData", "background_task": "backgroundTask", "receive": "receive"}

func childMain() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<16)
	decoder := json.NewDecoder(lines)
	var asked task
	if decoder.Decode(&asked) != nil {
		os.Exit(1)
	}
	debug.SetGCPercent(50)
	limitSelf(asked.MemoryBytes)
	answers := make(chan fetched)
	go func() {
		for {
			var answer fetched
			// The runner is gone: nobody waits for this any longer.
			if decoder.Decode(&answer) != nil {
				os.Exit(0)
			}
			answers <- answer
		}
	}()
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	say := func(said word) {
		_ = json.NewEncoder(out).Encode(said)
		_ = out.Flush()
	}
	if asked.Hook == "" {
		say(word{Compiled: compile(asked.Code)})
		return
	}
	say(word{Begun: true})
	say(runHook(&asked, say, answers))
}

// limitSelf is the net below the runner's own watch: the runtime dies of a failed allocation.
func limitSelf(memoryBytes uint64) {
	const dataLimit, noFile, small = 2, 0, 64
	roomy := memoryBytes*2 + 256<<20
	_ = syscall.Setrlimit(dataLimit, &syscall.Rlimit{Cur: roomy, Max: roomy})
	_ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: noFile, Max: noFile})
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{Cur: noFile, Max: noFile})
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: small, Max: small})
}

// compile parses and resolves, and runs nothing.
func compile(code string) *compileWord {
	_, program, err := starlark.SourceProgramOptions(dialect, fileName, code, predeclared(nil, nil, nil).Has)
	if err != nil {
		return &compileWord{Errors: []failure{*describe(err)}}
	}
	_ = program
	file, _ := dialect.Parse(fileName, code, 0)
	found := []string{}
	for _, statement := range file.Stmts {
		if def, ok := statement.(*syntax.DefStmt); ok && hookNames[def.Name.Name] != "" {
			found = append(found, hookNames[def.Name.Name])
		}
	}
	return &compileWord{Hooks: found}
}

func runHook(asked *task, say func(word), answers chan fetched) word {
	thread := &starlark.Thread{Name: "call"}
	globals, err := starlark.ExecFileOptions(dialect, thread, fileName, asked.Code, predeclared(asked, say, answers))
	if err != nil {
		return word{Failure: describe(err)}
	}
	var hook starlark.Value
	for name, known := range hookNames {
		if known == asked.Hook && globals[name] != nil {
			hook = globals[name]
		}
	}
	if hook == nil {
		return word{Failure: failf("missing-hook", "The code has no %s", asked.Hook)}
	}
	ctx := makeContext(thread, asked, say, answers)
	arguments := map[string]starlark.Tuple{
		"fetchData":      {indicator(asked), ctx},
		"backgroundTask": {ctx},
		"receive":        {decode(thread, asked.Messages, "[]"), ctx},
	}[asked.Hook]
	value, err := starlark.Call(thread, hook, arguments, nil)
	if err != nil {
		return word{Failure: describe(err)}
	}
	return finish(thread, asked, value)
}

func finish(thread *starlark.Thread, asked *task, value starlark.Value) word {
	nothing := "null"
	if value == starlark.None || asked.Hook == "backgroundTask" {
		return word{Result: &nothing}
	}
	if _, isDict := value.(*starlark.Dict); !isDict && asked.Hook == "fetchData" {
		return word{Failure: failf("bad-result", "fetch_data must return a dict or None, not %s", value.Type())}
	}
	text, err := encode(thread, value)
	if err != nil {
		return word{Failure: failf("bad-result", "%s", describe(err).Message)}
	}
	if uint64(len(text)) > asked.OutputBytes {
		return word{Failure: failf("output-too-large", "The result has %d bytes; at most %d are taken", len(text), asked.OutputBytes)}
	}
	return word{Result: &text}
}

// describe turns any error of Starlark into a failure with the author's line.
func describe(err error) *failure {
	var reported *failure
	var evaluated *starlark.EvalError
	var syntaxError syntax.Error
	var resolved resolve.ErrorList
	result := failf("exception", "%s", err.Error())
	switch {
	case errors.As(err, &evaluated):
		result.Message = evaluated.Msg
		if errors.As(err, &reported) {
			copied := *reported
			result = &copied
		}
		for i := 0; i < len(evaluated.CallStack); i++ {
			if pos := evaluated.CallStack.At(i).Pos; pos.Line > 0 && pos.Filename() == fileName {
				result.Line, result.Column = uint32(pos.Line), uint32(pos.Col)
				break
			}
		}
	case errors.As(err, &syntaxError):
		result = &failure{Reason: "syntax", Message: syntaxError.Msg, Line: uint32(syntaxError.Pos.Line), Column: uint32(syntaxError.Pos.Col)}
	case errors.As(err, &resolved):
		first := resolved[0]
		result = &failure{Reason: "syntax", Message: first.Msg, Line: uint32(first.Pos.Line), Column: uint32(first.Pos.Col)}
	}
	return result
}

// Error makes a failure an error, so that builtins can return it.
func (f *failure) Error() string { return f.Message }

func predeclared(asked *task, say func(word), answers chan fetched) starlark.StringDict {
	return starlark.StringDict{
		"json":         starlarkjson.Module,
		"struct":       starlark.NewBuiltin("struct", starlarkstruct.Make),
		"sleep":        starlark.NewBuiltin("sleep", sleep),
		"source_error": starlark.NewBuiltin("source_error", sourceError),
	}
}

func sleep(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var ms int
	if err := starlark.UnpackArgs("sleep", args, kwargs, "ms", &ms); err != nil {
		return nil, err
	}
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return starlark.None, nil
}

// sourceError ends the call with the provider's trouble, in one of four words.
func sourceError(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var reason, message string
	var retryAfterMs uint64
	if err := starlark.UnpackArgs("source_error", args, kwargs, "reason", &reason, "message", &message, "retry_after_ms??", &retryAfterMs); err != nil {
		return nil, err
	}
	switch reason {
	case "rate-limited", "unauthorized", "provider-error", "misconfigured":
		return nil, &failure{Reason: reason, Message: message, RetryAfterMs: retryAfterMs}
	}
	return nil, failf("exception", "source_error: the reason must be rate-limited, unauthorized, provider-error or misconfigured, not %q", reason)
}
