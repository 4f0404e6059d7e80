import type { HookCall } from '../executor.ts'

/** CALL's payload: u8 length of the hash, the hash, u32 wallMs, u32 cpuMs, f64 deadlineMs, and the rest as JSON. The code ends at the deadline, or wallMs after it began. */
export function callParts(call: HookCall, deadlineMs: number): (string | Buffer)[] {
  const { hook, limits, sourceId, version } = call
  const { outputBytes, logLines } = limits
  const head = Buffer.allocUnsafe(version.hash.length + 17)
  let at = head.writeUInt8(version.hash.length, 0)
  at += head.write(version.hash, at, 'latin1')
  at = head.writeUInt32BE(limits.wallMs, at)
  at = head.writeUInt32BE(limits.cpuMs, at)
  head.writeDoubleBE(deadlineMs, at)
  const json = JSON.stringify({
    hook,
    sourceId,
    secrets: call.secrets,
    limits: { outputBytes, logLines },
    indicator: call.indicator,
  })
  // The caller's own JSON texts are put in as they are: they were checked at the edge.
  const parts: (string | Buffer)[] = [head, json.slice(0, -1), ',"config":', orElse(call.configJson, '{}')]
  parts.push(',"matches":', orElse(call.matchesJson, '[]'))
  if (call.messagesJson) parts.push(',"messages":', call.messagesJson)
  parts.push('}')
  return parts
}

function orElse(json: Buffer, fallback: string): Buffer | string {
  return json.length > 0 ? json : fallback
}
