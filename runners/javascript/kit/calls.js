// The calls under way in this isolate, and what each may do. `post(kind, callId, a, b)` is the only way out: it returns nothing.
const RESULT = 0
const FAILURE = 1
const HOOK_NAMES = ['fetchData', 'backgroundTask', 'receive']
const calls = new Map()
const LOG_CHARACTERS = 2000
let nextOp = 1
let current = 0
let hooks = {}

const parseJson = JSON.parse
const stringifyJson = JSON.stringify

const headerPairs = (headers) => {
  if (headers === undefined || headers === null) return []
  const pairs = typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers)
  return pairs
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [String(name), String(value)])
}

/** One operation of the host: out by `post`, back by `settle`. */
const operate = (call, operation) => {
  if (call.closed) return new Promise(() => {})
  if (call.operations.size >= 100) throw new HostError('bad-request', 'More than 100 operations at once')
  const text = stringifyJson(operation)
  if (isLonger(text, call.outputBytes))
    throw new HostError('bad-request', `A request may have at most ${call.outputBytes} bytes, as the output`)
  const op = nextOp++
  // Made here, where the author's line is on the stack; thrown only if the host refuses.
  const error = new Error()
  return new Promise((resolve, reject) => {
    call.operations.set(op, { resolve, reject, stack: error })
    post('op', call.id, op, text)
  })
}

const makeFetch =
  (call) =>
  async (input, init = {}) => {
    const operation = {
      op: 'fetch',
      url: String(input),
      method: String(init.method ?? 'GET').toUpperCase(),
      headers: headerPairs(init.headers),
    }
    const { body } = init
    if (body !== undefined && body !== null) {
      if (body instanceof URLSearchParams && !operation.headers.some(([name]) => name.toLowerCase() === 'content-type'))
        operation.headers.push(['content-type', 'application/x-www-form-urlencoded;charset=UTF-8'])
      const bytes =
        body instanceof ArrayBuffer
          ? new Uint8Array(body)
          : ArrayBuffer.isView(body)
            ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
            : undefined
      operation.body = bytes ? btoa(fromCodes(bytes)) : String(body)
      if (bytes) operation.encoding = 'base64'
    }
    return new Response(await operate(call, operation))
  }

const show = (value) => {
  if (typeof value === 'string') return value
  if (value instanceof Error) return `${value.name}: ${value.message}`
  try {
    return stringifyJson(value) ?? String(value)
  } catch {
    return String(value)
  }
}

const logLine = (call, level, values) => {
  if (!call || call.closed) return
  // One more than the limit goes out, so that the host can count what was dropped.
  call.lines += 1
  if (call.lines > call.logLines + 1000) return
  let message = ''
  for (const value of values) {
    message += (message && ' ') + show(value).slice(0, LOG_CHARACTERS)
    if (message.length > LOG_CHARACTERS) break
  }
  call.posted = true
  post('log', call.id, level, message.slice(0, LOG_CHARACTERS))
}

const makeLog = (callOf) => {
  const log = {}
  for (const level of ['debug', 'info', 'warn', 'error']) log[level] = (...values) => logLine(callOf(), level, values)
  return log
}

class Signal {
  #call
  constructor(call) {
    this.#call = call
  }
  get aborted() {
    return this.#call.aborted
  }
  throwIfAborted() {
    if (this.#call.aborted) throw new Error('The call was stopped')
  }
  addEventListener(type, listener) {
    if (type === 'abort') this.#call.listeners.push(listener)
  }
  removeEventListener(_type, listener) {
    this.#call.listeners = this.#call.listeners.filter((each) => each !== listener)
  }
}

/** JSON text of what is emitted as a value; `undefined` and what JSON leaves out is null. */
const encodeValue = (value) => stringifyJson(value) ?? 'null'

const makeEmitter = (call) => async (what, fields) => {
  if (call.closed) return
  const text = `{"what":"${what}",${fields}}`
  if (isLonger(text, call.outputBytes)) throw new TooLarge(`One ${what} is larger than ${call.outputBytes} bytes`)
  call.posted = true
  post('emit', call.id, text, undefined)
  // Every so often the code waits for the host, so that a fast producer cannot fill it.
  if (++call.emitted % 64 === 0) await new Promise((resolve) => startTimer(call, resolve, 0))
}

/** The host ends a child that sends it nonsense: what is none of it is told the author here. */
const makeSinks = (call) => {
  const emit = makeEmitter(call)
  const emitObject = async (what, value) => {
    const text = encodeValue(value)
    if (text[0] !== '{') throw new TypeError(`${what}: give an object`)
    await emit(what, `"value":${text}`)
  }
  return {
    progress: async (done, total) => {
      if (
        !(typeof done === 'number' && typeof total === 'number' && done >= 0 && total >= 0 && done + total < Infinity)
      )
        throw new TypeError('progress: give two numbers, neither below 0')
      await emit('progress', `"done":${done},"total":${total}`)
    },
    dataset: {
      put: async (key, value) => {
        const name = String(key)
        if (name === '') throw new TypeError('dataset.put: the key is empty')
        await emit('dataset', `"key":${stringifyJson(name)},"value":${encodeValue(value)}`)
      },
    },
    entities: { put: (value) => emitObject('entity', value) },
    links: { put: (value) => emitObject('link', value) },
  }
}

const makeContext = (call, asked) => ({
  config: asked.config,
  secrets: asked.secrets,
  matches: asked.matches,
  fetch: makeFetch(call),
  dns: {
    resolve: (name, type = 'A') => operate(call, { op: 'dns', name: String(name), type: String(type).toUpperCase() }),
  },
  log: makeLog(() => call),
  signal: new Signal(call),
  deadlineMs: call.deadlineMs,
  ...makeSinks(call),
})

/** JSON text of a result; BadResult or TooLarge when it is none. */
const encodeResult = (hook, value, outputBytes) => {
  if (hook === 'backgroundTask' || value === null || value === undefined) return 'null'
  if (typeof value !== 'object')
    throw new BadResult(`The code gave back a ${typeof value}; give an object with a summary, or null for "not found"`)
  let text
  try {
    text = stringifyJson(value)
  } catch (error) {
    if (/circular/i.test(error?.message)) throw new BadResult('The result contains itself: give plain data')
    throw error
  }
  if (text === undefined || text[0] !== (hook === 'receive' ? '[' : '{'))
    throw new BadResult(
      hook === 'receive' ? 'receive must give an array of outcomes' : 'The result must be a plain object',
    )
  if (isLonger(text, outputBytes)) throw new TooLarge(`The result is larger than ${outputBytes} bytes`)
  const given = typeof value.toJSON === 'function' ? parseJson(text) : value
  if (hook === 'fetchData' && (typeof given.summary !== 'string' || given.summary === ''))
    throw new BadResult('The result has no summary: give one line of text in "summary"')
  return text
}

const finish = (call, kind, text) => {
  if (call.closed) return
  call.closed = true
  call.operations.clear()
  calls.delete(call.id)
  for (const [id, timer] of timers) if (timer.callId === call.id || calls.size === 0) timers.delete(id)
  call.outcome = [kind, text]
  if (call.late) post('end', call.id, kind, text)
}

const runHook = async (call, asked) => {
  try {
    const hook = hooks[asked.hook]
    if (typeof hook !== 'function') throw new BadResult(`The code has no ${asked.hook}`)
    const ctx = makeContext(call, asked)
    const value =
      asked.hook === 'fetchData'
        ? await hook(asked.indicator, ctx)
        : asked.hook === 'receive'
          ? await hook(asked.messages, ctx)
          : await hook(ctx)
    finish(call, RESULT, encodeResult(asked.hook, value, call.outputBytes))
  } catch (error) {
    finish(call, FAILURE, describeError(error))
  }
}

/** Entry: the first turn of a call. What it comes to is fetched by `take`, or posted when it comes later. */
const start = (id, text, deadlineMs) => {
  const asked = parseJson(text)
  const { logLines, outputBytes } = asked.limits
  const call = {
    id,
    deadlineMs,
    closed: false,
    aborted: false,
    late: false,
    posted: false,
    outcome: undefined,
    operations: new Map(),
    listeners: [],
    lines: 0,
    emitted: 0,
    logLines,
    outputBytes,
  }
  calls.set(id, call)
  current = id
  started = call
  void runHook(call, asked)
}
let started

/** Entry: the outcome of the call that `start` just began, as its kind's digit and text; undefined when it is not over yet. */
const take = () => {
  const call = started
  started = undefined
  // What was posted must arrive before the outcome, and only a post is in line with posts.
  if (call.outcome && !call.posted) return call.outcome[0] + call.outcome[1]
  if (call.outcome) post('end', call.id, call.outcome[0], call.outcome[1])
  call.late = true
  return undefined
}

/** Entry: the host's answer to an operation. */
const settle = (id, op, ok, text) => {
  const call = calls.get(id)
  const waiting = call?.operations.get(op)
  if (!waiting) return
  call.operations.delete(op)
  current = id
  const answer = parseJson(text)
  if (ok) return waiting.resolve(answer)
  const error = new HostError(answer.reason, answer.message)
  const { stack } = waiting.stack
  Object.defineProperty(error, 'stack', { value: stack, configurable: true })
  waiting.reject(error)
}

/** Entry: the deadline has come or the caller has gone. Answers the host by ending the call. */
const cancel = (id, reason, message) => {
  const call = calls.get(id)
  if (!call) return
  call.aborted = true
  for (const listener of call.listeners) {
    try {
      listener({ type: 'abort' })
    } catch {}
  }
  finish(call, FAILURE, stringifyJson({ reason, message }))
}

/** Entry: the author's module, once evaluated. Returns the hooks that it has. */
const adopt = (namespace) => {
  const found = {}
  for (const name of HOOK_NAMES) if (typeof namespace[name] === 'function') found[name] = namespace[name]
  hooks = found
  return Object.keys(found).join(',')
}
