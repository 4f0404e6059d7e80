import type { CallFailure, Hook } from '@indag/runner-contract'

/** What is the code's own doing, and has no place of its own unless something was thrown. */
const OF_THE_CODE = ['exception', 'bad-result', 'output-too-large', 'timeout', 'memory']
const EXPORTED = /\bexport\s+(default\s+)?(async\s+)?(function\s*\*?|const|let|var)\s*$/
const DECLARED = /\b(function\s*\*?|const|let|var)\s*$/
const LOOK_BACK = 60

/** A failure that knows no line, with that of the hook that ran: what it gave back, or never came to, was asked of it there. */
export function withPlace(failure: CallFailure, code: string, hook: Hook): CallFailure {
  if (failure.line || !OF_THE_CODE.includes(failure.reason)) return failure
  return { ...failure, ...placeOfHook(code, hook) }
}

/** Where the code names its hook, counted from 1: where it is exported, else where it is declared. Linear, whatever the code. */
export function placeOfHook(code: string, hook: Hook): { line: number; column: number } | undefined {
  let declared = -1
  for (let at = code.indexOf(hook); at >= 0; at = code.indexOf(hook, at + hook.length)) {
    const before = code.slice(Math.max(0, at - LOOK_BACK), at)
    if (/^[\w$]/.test(code.slice(at + hook.length, at + hook.length + 1))) continue
    if (EXPORTED.test(before)) return placeAt(code, at)
    if (declared < 0 && DECLARED.test(before)) declared = at
  }
  return declared < 0 ? undefined : placeAt(code, declared)
}

/** A byte order mark is no column: the author does not see it. */
export function placeAt(code: string, at: number): { line: number; column: number } {
  const before = code.slice(0, at).replace(/^\uFEFF/, '')
  const lines = before.split(/\r\n|[\n\r\u2028\u2029]/)
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}
