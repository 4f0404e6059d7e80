/** What the exit code of `indag` says; documented in README.md and `indag help`. */
export const exit = { ok: 0, error: 1, usage: 2, failOnMet: 3, notSignedIn: 4, partial: 5 } as const

export const exitCodes =
  'Exit codes: 0 ok, 1 error, 2 usage, 3 --fail-on met, 4 not signed in, 5 partial (some rows failed or are unfinished).'

export type ExitCode = (typeof exit)[keyof typeof exit]

/** An error for the person at the keyboard: what is wrong, and the command or deed that comes next. */
export class CliError extends Error {
  readonly code: ExitCode
  readonly next: string | undefined

  constructor(code: ExitCode, message: string, next?: string) {
    super(message)
    this.code = code
    this.next = next
  }
}

export function usageError(message: string, next?: string): CliError {
  return new CliError(exit.usage, message, next)
}
