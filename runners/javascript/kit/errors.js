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
  static isSourceError(value) {
    return typeof value === 'object' && value !== null && #reason in value
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
  static isHostError(value) {
    return typeof value === 'object' && value !== null && #reason in value
  }
}

/** Marks "the code gave back something that is no result". */
class BadResult extends Error {}
class TooLarge extends Error {}

const reasonOf = (error) => {
  if (SourceError.isSourceError(error)) return error.reason
  if (HostError.isHostError(error)) return error.reason === 'bad-request' ? 'exception' : error.reason
  if (error instanceof BadResult) return 'bad-result'
  if (error instanceof TooLarge) return 'output-too-large'
  return 'exception'
}

/** Any thrown value as capped, flat text: FAILURE's JSON. The author's own file is named source.js. */
const describeError = (error) => {
  const failure = { reason: 'exception', message: '' }
  try {
    failure.reason = reasonOf(error)
    if (typeof error === 'object' && error !== null) {
      const name = typeof error.name === 'string' ? error.name : 'Error'
      const text = typeof error.message === 'string' ? error.message : ''
      const plain = failure.reason !== 'exception' || HostError.isHostError(error)
      failure.message = plain ? text : `${name.slice(0, 100)}: ${text.slice(0, MESSAGE_CHARACTERS)}`
      const stack = typeof error.stack === 'string' ? error.stack.slice(0, 20000) : ''
      const at = /\bsource\.js:(\d{1,7}):(\d{1,7})/.exec(stack.slice(stack.indexOf('\n    at ') + 1))
      if (at) {
        failure.line = Number(at[1])
        failure.column = Number(at[2])
      }
    } else
      failure.message = `The code threw ${typeof error === 'string' ? error.slice(0, MESSAGE_CHARACTERS) : String(error)}`
    if (failure.reason === 'rate-limited') failure.retryAfterMs = error.retryAfterMs
  } catch {
    failure.message ||= 'The code threw a value that cannot be described'
  }
  failure.message = failure.message.slice(0, MESSAGE_CHARACTERS)
  return JSON.stringify(failure)
}
