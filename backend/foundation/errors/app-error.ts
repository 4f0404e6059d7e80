import { errorStatus, type ErrorCode, type ErrorStatus } from './codes.ts'

/** One field of the input that is wrong: its path such as `indicators.3`, what is wrong, and what to do. */
export type FieldError = { path: string; message: string; fix?: string }

export type ErrorExtra = {
  fields?: FieldError[]
  retryAfterMs?: number
  /** A place in the product where the cause is mended. */
  help?: { label: string; href: string }
  headers?: Record<string, string>
  cause?: unknown
}

/** A failure with a code from the closed list. It is translated once, at the edge, and logged once, there. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly extra: ErrorExtra

  constructor(code: ErrorCode, detail: string, extra: ErrorExtra = {}) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.code = code
    this.extra = extra
  }

  get status(): ErrorStatus {
    return errorStatus[this.code]
  }

  get fields(): FieldError[] {
    return this.extra.fields ?? []
  }
}

/** Throws an {@link AppError}; reads as a sentence where it is called. */
export function fail(code: ErrorCode, detail: string, extra: ErrorExtra = {}): never {
  throw new AppError(code, detail, extra)
}
