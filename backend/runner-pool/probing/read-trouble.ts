import { status, type ServiceError } from '@grpc/grpc-js'
import type { Trouble } from '../endpoints/runner.ts'

export type Found = { trouble: Trouble; detail: string }

export const refusedToken = 'It refuses our token: give backend and runner the same INDAG_RUNNER_TOKEN.'

/** What a status says about a runner that was asked how it is, in words for the operator. Pure. */
export function readTrouble({ code, details }: Pick<ServiceError, 'code' | 'details'>, timeoutMs: number): Found {
  switch (code) {
    case status.DEADLINE_EXCEEDED:
      return {
        trouble: 'silent',
        detail: `It did not answer within ${timeoutMs} ms: it hangs, is overloaded, or the way to it is cut. Restart it if it stays so.`,
      }
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return { trouble: 'wrong-token', detail: refusedToken }
    case status.UNIMPLEMENTED:
      return noRunner('it does not serve runner.v1.RunnerService')
    case status.UNAVAILABLE:
      return readConnectionError(details)
    // An HTTP answer without a gRPC status in it, or one whose text was read as the length of a message.
    case status.INTERNAL:
    case status.UNKNOWN:
    case status.RESOURCE_EXHAUSTED:
      return noRunner(`it answered ${status[code]}: ${oneLine(details)}`)
    default:
      return {
        trouble: 'failing',
        detail: `It answered ${status[code] ?? code} when asked how it is: ${oneLine(details)}. Its own log tells more.`,
      }
  }
}

/** grpc-js tells why a connection failed in its text only. */
function readConnectionError(details: string): Found {
  const said = oneLine(/Last error: (.*)/s.exec(details)?.[1] ?? details)
  if (/certificate|altname/i.test(said)) {
    return {
      trouble: 'wrong-certificate',
      detail: `Its TLS certificate and ours do not fit: ${said}. Give both sides certificates of one authority.`,
    }
  }
  if (/wrong version number|packet length too long/i.test(said)) return noRunner('it does not speak TLS')
  if (/Protocol error|Failed to connect/i.test(said)) {
    return noRunner('it ends the connection or does not speak gRPC without TLS')
  }
  return { trouble: 'unreachable', detail: `It cannot be reached: ${said}. Start it, or correct INDAG_RUNNERS.` }
}

function noRunner(why: string): Found {
  return { trouble: 'not-a-runner', detail: `It is no runner: ${why}. Correct its address in INDAG_RUNNERS.` }
}

function oneLine(text: string): string {
  return text
    .replace(/\. Resolution note:\s*$/, '')
    .replace(/\s*\(\d{4}-\d\d-\d\dT[^)]*\)/, '')
    .replace(/\s+/g, ' ')
    .replace(/^Error: /, '')
    .trim()
    .slice(0, 200)
}
