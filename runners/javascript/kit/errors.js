// Part of the kit: runs inside every isolate before the author's code. Scripts share one scope; see ../README.md.
const REASONS = ['rate-limited', 'unauthorized', 'provider-error', 'misconfigured']
const MESSAGE_CHARACTERS = 1000

/** What an author throws to say why there is no result: reason, message, { retryAfterMs }. */
class SourceError extends Error {
  #reason
  #retryAfterMs
  constructor(reason, message, options) {
    super(String(message ?? reason))
    if (!REASONS.includes(reason))
      throw new TypeError(`SourceError: the reason must be one of ${REASONS.join(', ')}, not ${String(reason)}`)
    this.#reason = reason
    const retryAfterMs = options?.retryAfterMs
    this.#retryAfterMs = typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : undefined
  }
  get name() {
    return 'SourceError'
  }
  get reason() {
    return this.#reason
  }
  get retryAfterMs() {
    return this.#retryAfterMs
  }
  /** As it was made: whatever its author put in front of the getters since. Undefined for any other value. */
  static read(value) {
    if (typeof value !== 'object' || value === null || !(#reason in value)) return undefined
    const reason = value.#reason
    return reason === 'rate-limited' ? { reason, retryAfterMs: value.#retryAfterMs } : { reason }
  }
}

/** What ctx.fetch and ctx.dns throw when the host refused or could not. */
class HostError extends Error {
  #reason
  constructor(reason, message) {
    super(message)
    this.#reason = reason
  }
  get name() {
    return 'HostError'
  }
  get reason() {
    return this.#reason
  }
  /** As it was made; undefined for any other value. */
  static read(value) {
    return typeof value === 'object' && value !== null && #reason in value ? { reason: value.#reason } : undefined
  }
}

/** Marks "the code gave back something that is no result". */
class BadResult extends Error {}
class TooLarge extends Error {}

/** What the kit itself knows of a thrown value: nothing that the author's code could have put on it. */
const knownOf = (error) => {
  const known = SourceError.read(error) ?? HostError.read(error)
  if (known) return known.reason === 'bad-request' ? { reason: 'exception' } : known
  if (error instanceof BadResult) return { reason: 'bad-result' }
  if (error instanceof TooLarge) return { reason: 'output-too-large' }
  return undefined
}

/** Any thrown value as capped, flat text: FAILURE's JSON. The author's own file is named source.js. */
const describeError = (error) => {
  const failure = { reason: 'exception', message: '' }
  try {
    const known = knownOf(error)
    Object.assign(failure, known)
    if (typeof error === 'object' && error !== null) {
      const name = typeof error.name === 'string' ? error.name : 'Error'
      const text = typeof error.message === 'string' ? error.message : ''
      failure.message = known ? text : `${name.slice(0, 100)}: ${text.slice(0, MESSAGE_CHARACTERS)}`
      const stack = typeof error.stack === 'string' ? error.stack.slice(0, 20000) : ''
      const at = /\bsource\.js:(\d{1,7}):(\d{1,7})/.exec(stack.slice(stack.indexOf('\n    at ') + 1))
      if (at) {
        failure.line = Number(at[1])
        failure.column = Number(at[2])
      }
    } else
      failure.message = `The code threw ${typeof error === 'string' ? error.slice(0, MESSAGE_CHARACTERS) : String(error)}`
  } catch {
    failure.message ||= 'The code threw a value that cannot be described'
  }
  failure.message = failure.message.slice(0, MESSAGE_CHARACTERS).toWellFormed()
  return JSON.stringify(failure)
}
