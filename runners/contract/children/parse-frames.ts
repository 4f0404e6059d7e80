import type { CallFailure, Diagnostic, Emission, FailureReason, FetchRequest, Hook, LogLevel } from '../executor.ts'

export type Loaded = { hooks: Hook[]; diagnostics: Diagnostic[] }
export type Operation =
  | { id: number; op: 'fetch'; request: FetchRequest }
  | { id: number; op: 'dns'; name: string; type: string }

const HOOKS: readonly string[] = ['fetchData', 'backgroundTask', 'receive'] satisfies Hook[]
/** The reasons that a child may give; the rest are the runner's own to say. */
const CHILD_REASONS: readonly string[] = [
  'exception',
  'syntax',
  'missing-hook',
  'bad-result',
  'timeout',
  'memory',
  'output-too-large',
  'egress-denied',
  'host-unreachable',
  'rate-limited',
  'unauthorized',
  'provider-error',
  'misconfigured',
  'crashed',
  'cancelled',
  'requirements',
] satisfies FailureReason[]
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[]
export const MESSAGE_CHARACTERS = 2_000
/** Of a log line: each character may be two escapes of six bytes. To read a larger one costs the runner's one thread too much. */
const LOG_BYTES = 32 * 1024

type Json = Record<string, unknown>

function parseObject(payload: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

const position = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e7 ? value : undefined

/** Where in the author's code, as optional properties; anything odd is left out. */
function place(object: Json): { line?: number; column?: number } {
  const line = position(object.line)
  const column = position(object.column)
  return { ...(line ? { line } : {}), ...(column ? { column } : {}) }
}

/** `undefined` from any of these means: malformed, kill the child. */
export function parseFailure(payload: Buffer): CallFailure | undefined {
  const object = parseObject(payload)
  if (!object || typeof object.reason !== 'string' || !CHILD_REASONS.includes(object.reason)) return undefined
  const message = typeof object.message === 'string' ? object.message.slice(0, MESSAGE_CHARACTERS) : ''
  const retry = object.retryAfterMs
  const retryAfterMs = typeof retry === 'number' && retry > 0 && retry < 1e11 ? Math.round(retry) : undefined
  return {
    reason: object.reason as FailureReason,
    message,
    ...place(object),
    ...(retryAfterMs ? { retryAfterMs } : {}),
  }
}

export function parseLoaded(payload: Buffer, hash: string | undefined): Loaded | undefined {
  const object = parseObject(payload)
  if (!object || object.hash !== hash || !Array.isArray(object.hooks)) return undefined
  const hooks = object.hooks.filter((hook): hook is Hook => typeof hook === 'string' && HOOKS.includes(hook))
  const diagnostics: Diagnostic[] = []
  for (const item of Array.isArray(object.diagnostics) ? object.diagnostics.slice(0, 100) : []) {
    if (typeof item?.message !== 'string') return undefined
    const severity = item.severity === 'warning' ? 'warning' : 'error'
    diagnostics.push({ severity, message: item.message.slice(0, MESSAGE_CHARACTERS), ...place(item as Json) })
  }
  return { hooks, diagnostics }
}

export function parseLog(payload: Buffer): { level: LogLevel; message: string } | undefined {
  if (payload.length > LOG_BYTES) return undefined
  const object = parseObject(payload)
  if (!object || typeof object.level !== 'string' || !LEVELS.includes(object.level)) return undefined
  if (typeof object.message !== 'string') return undefined
  return { level: object.level as LogLevel, message: object.message.slice(0, MESSAGE_CHARACTERS) }
}

/** u32 op id, then JSON. Shapes only: what may be reached is the egress' business. */
export function parseOp(payload: Buffer): Operation | undefined {
  if (payload.length < 6) return undefined
  const id = payload.readUInt32BE(0)
  const object = parseObject(payload.subarray(4))
  if (object?.op === 'dns') {
    if (typeof object.name !== 'string' || typeof object.type !== 'string') return undefined
    return { id, op: 'dns', name: object.name, type: object.type }
  }
  if (object?.op !== 'fetch' || typeof object.url !== 'string') return undefined
  const request: FetchRequest = { url: object.url }
  if (object.method !== undefined) {
    if (typeof object.method !== 'string') return undefined
    request.method = object.method
  }
  if (object.headers !== undefined) {
    if (!Array.isArray(object.headers) || !object.headers.every(isPair)) return undefined
    request.headers = object.headers
  }
  if (object.body !== undefined && object.body !== null) {
    if (typeof object.body !== 'string') return undefined
    request.body = object.body
    request.encoding = object.encoding === 'base64' ? 'base64' : 'utf8'
  }
  return { id, op: 'fetch', request }
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string'
}

/** {what:'progress', done, total} | {what:'dataset', key, value} | {what:'entity'|'link', value}. */
export function parseEmission(payload: Buffer): Emission | undefined {
  const object = parseObject(payload)
  if (object?.what === 'progress') {
    const { done, total } = object
    if (typeof done !== 'number' || typeof total !== 'number' || !(done >= 0) || !(total >= 0)) return undefined
    return { what: 'progress', done: Math.min(Math.floor(done), 1e15), total: Math.min(Math.floor(total), 1e15) }
  }
  if (object?.what === 'dataset') {
    if (typeof object.key !== 'string' || object.key === '') return undefined
    return { what: 'dataset', json: JSON.stringify({ key: object.key, value: object.value ?? null }) }
  }
  if (object?.what !== 'entity' && object?.what !== 'link') return undefined
  if (typeof object.value !== 'object' || object.value === null) return undefined
  return { what: object.what, json: JSON.stringify(object.value) }
}
