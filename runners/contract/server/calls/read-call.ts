import type { CallContext, Indicator } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure, Hook, HookCall } from '../../executor.ts'
import { settleLimits } from '../../limits.ts'
import type { Held } from '../versions.ts'

const EMPTY = Buffer.alloc(0)
/** A call whose caller gives no deadline waits this long at most, in one line or another, besides the time that its code may take. */
const WAITING_MS = 30_000
const NO_CONTEXT: CallContext = {
  sourceId: '',
  configJson: EMPTY,
  secrets: {},
  credentials: [],
  matchesJson: EMPTY,
  hosts: [],
  limits: undefined,
  trustDomain: '',
}

export type Asked = {
  held: Held
  hook: Hook
  context: CallContext | undefined
  indicator?: Indicator | undefined
  messagesJson?: Buffer[]
  /** The caller's own deadline, epoch ms or Infinity. */
  callerDeadlineMs: number
}

/** Checks a request's shape and settles its limits. Every refusal names the field. */
export function readCall(asked: Asked): { call: HookCall; context: CallContext } | CallFailure {
  const context = asked.context ?? NO_CONTEXT
  const refusal = refuse(asked, context)
  if (refusal) return { reason: 'bad-request', message: refusal }
  const { held } = asked
  if (!held.hooks.includes(asked.hook)) {
    const [wanted, ...has] = [asked.hook, ...held.hooks].map((hook) => asWritten(hook, held.version.language))
    return {
      reason: 'missing-hook',
      message: `The code has no ${wanted}; it has ${has.join(', ') || 'no hook at all'}`,
    }
  }
  const limits = settleLimits(context.limits)
  const sourceId = context.sourceId || asked.held.version.sourceId
  return {
    context,
    call: {
      version: asked.held.version,
      hook: asked.hook,
      sourceId,
      trustDomain: context.trustDomain || sourceId,
      ...(asked.indicator ? { indicator: { kind: asked.indicator.kind, value: asked.indicator.value } } : {}),
      ...(asked.messagesJson ? { messagesJson: joinArray(asked.messagesJson) } : {}),
      configJson: context.configJson,
      matchesJson: context.matchesJson,
      secrets: context.secrets,
      limits,
      deadlineMs: Math.min(asked.callerDeadlineMs, Date.now() + limits.wallMs + WAITING_MS),
    },
  }
}

function refuse(asked: Asked, context: CallContext): string | undefined {
  if (asked.hook === 'fetchData') {
    if (!asked.indicator) return 'indicator is missing'
    if (!asked.indicator.kind) return 'indicator.kind is empty: give a kind\'s slug such as "ipv4"'
    if (!asked.indicator.value) return 'indicator.value is empty'
  }
  if (!isJson(context.configJson, 'object', asked.held)) return 'context.config_json is not a JSON object'
  if (!isJson(context.matchesJson, 'array')) return 'context.matches_json is not a JSON array'
  const bad = asked.messagesJson?.findIndex((message) => message.length === 0 || !isJson(message, 'object')) ?? -1
  return bad < 0 ? undefined : `messages_json[${bad}] is not a JSON object`
}

/** Empty is fine. The text goes on unchanged into a frame, so it must be whole JSON here. `held`: the version whose config it is. */
function isJson(text: Buffer, shape: 'object' | 'array', held?: Held): boolean {
  if (text.length === 0) return true
  if (text.length === 2) return text.equals(shape === 'object' ? EMPTY_OBJECT : EMPTY_ARRAY)
  const known = held && lastConfig.get(held)
  if (known && text.length === known.length && text.equals(known)) return true
  try {
    const value: unknown = JSON.parse(text.toString('utf8'))
    const isGood = typeof value === 'object' && value !== null && Array.isArray(value) === (shape === 'array')
    if (isGood && held && text.length <= KEPT_BYTES) lastConfig.set(held, Buffer.from(text))
    return isGood
  } catch {
    return false
  }
}
/** A source's calls come in a row, each with the same config: comparing costs less than parsing. Goes with the version. */
const KEPT_BYTES = 64 * 1024
const lastConfig = new WeakMap<Held, Buffer>()
const EMPTY_OBJECT = Buffer.from('{}')
const EMPTY_ARRAY = Buffer.from('[]')

function joinArray(items: Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('[')]
  items.forEach((item, index) => parts.push(...(index > 0 ? [COMMA] : []), item))
  parts.push(Buffer.from(']'))
  return Buffer.concat(parts)
}
const COMMA = Buffer.from(',')

/** As its author writes it: the contract names hooks as in JavaScript. */
function asWritten(hook: Hook, language: string): string {
  return language === 'python' ? hook.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : hook
}
