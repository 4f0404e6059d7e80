package main

import (
	"encoding/json"

	starlarkjson "go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

type builtin = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

func object(fields starlark.StringDict) starlark.Value {
	return starlarkstruct.FromStringDict(starlarkstruct.Default, fields)
}

func indicator(asked *task) starlark.Value {
	return object(starlark.StringDict{"kind": starlark.String(asked.Kind), "value": starlark.String(asked.Value)})
}

func decode(thread *starlark.Thread, text json.RawMessage, empty string) starlark.Value {
	if len(text) == 0 || string(text) == "null" {
		text = json.RawMessage(empty)
	}
	value, err := starlark.Call(thread, starlarkjson.Module.Members["decode"], starlark.Tuple{starlark.String(text)}, nil)
	if err != nil {
		return starlark.None
	}
	return value
}

func encode(thread *starlark.Thread, value starlark.Value) (string, error) {
	text, err := starlark.Call(thread, starlarkjson.Module.Members["encode"], starlark.Tuple{value}, nil)
	if err != nil {
		return "", err
	}
	return string(text.(starlark.String)), nil
}

// makeContext gives what the hooks know as ctx.
func makeContext(thread *starlark.Thread, asked *task, say func(word), answers chan fetched) starlark.Value {
	secrets := starlark.NewDict(len(asked.Secrets))
	for name, value := range asked.Secrets {
		_ = secrets.SetKey(starlark.String(name), starlark.String(value))
	}
	log := starlark.StringDict{}
	for _, level := range []string{"debug", "info", "warn", "error"} {
		log[level] = starlark.NewBuiltin(level, logger(level, say))
	}
	put := func(what string) starlark.Value {
		return object(starlark.StringDict{"put": starlark.NewBuiltin("put", putter(what, say))})
	}
	return object(starlark.StringDict{
		"config":   decode(thread, asked.Config, "{}"),
		"matches":  decode(thread, asked.Matches, "[]"),
		"secrets":  secrets,
		"log":      object(log),
		"fetch":    starlark.NewBuiltin("fetch", fetcher(say, answers)),
		"dataset":  put("dataset"),
		"entities": put("entity"),
		"links":    put("link"),
		"progress": starlark.NewBuiltin("progress", progress(say)),
	})
}

func logger(level string, say func(word)) builtin {
	return func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		message := ""
		for i, each := range args {
			text, isText := starlark.AsString(each)
			if !isText {
				text = each.String()
			}
			if i > 0 {
				message += " "
			}
			message += text
		}
		say(word{Log: &logWord{Level: level, Message: cut(message, 2000)}})
		return starlark.None, nil
	}
}

func progress(say func(word)) builtin {
	return func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var done, total uint64
		if err := starlark.UnpackArgs("progress", args, kwargs, "done", &done, "total", &total); err != nil {
			return nil, err
		}
		say(word{Emit: &emitWord{What: "progress", Done: done, Total: total}})
		return starlark.None, nil
	}
}

// putter emits one record (key and value) or one entity or link (value).
func putter(what string, say func(word)) builtin {
	return func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var value starlark.Value
		if what == "dataset" {
			var key string
			var content starlark.Value
			if err := starlark.UnpackArgs("put", args, kwargs, "key", &key, "value", &content); err != nil {
				return nil, err
			}
			record := starlark.NewDict(2)
			_ = record.SetKey(starlark.String("key"), starlark.String(key))
			_ = record.SetKey(starlark.String("value"), content)
			value = record
		} else if err := starlark.UnpackArgs("put", args, kwargs, "value", &value); err != nil {
			return nil, err
		}
		text, err := encode(thread, value)
		if err != nil {
			return nil, err
		}
		say(word{Emit: &emitWord{What: what, JSON: text}})
		return starlark.None, nil
	}
}

// fetcher asks the runner for a request; what the runner refuses ends the call, for Starlark has no exceptions to catch.
func fetcher(say func(word), answers chan fetched) builtin {
	return func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		asked := fetchWord{Method: "GET", Headers: map[string]string{}}
		var headers *starlark.Dict
		var body starlark.Value = starlark.None
		if err := starlark.UnpackArgs("fetch", args, kwargs, "url", &asked.URL, "method?", &asked.Method, "headers??", &headers, "body?", &body); err != nil {
			return nil, err
		}
		if headers != nil {
			for _, pair := range headers.Items() {
				name, _ := starlark.AsString(pair[0])
				asked.Headers[name], _ = starlark.AsString(pair[1])
			}
		}
		if text, isText := starlark.AsString(body); isText {
			asked.Body = &text
		}
		say(word{Fetch: &asked})
		answer := <-answers
		if answer.Failure != nil {
			return nil, answer.Failure
		}
		received := starlark.NewDict(len(answer.Headers))
		for name, value := range answer.Headers {
			_ = received.SetKey(starlark.String(name), starlark.String(value))
		}
		return object(starlark.StringDict{
			"status": starlark.MakeInt(answer.Status), "ok": starlark.Bool(answer.Status >= 200 && answer.Status < 300),
			"headers": received, "text": starlark.String(answer.Body),
		}), nil
	}
}
