import { isUtf8 } from 'node:buffer'
import type { FetchResponse } from '../executor.ts'

type Fields = Record<string, string | string[] | undefined>

/** Its body has been decoded: these would mislead. */
const OF_THE_WIRE = ['content-encoding', 'content-length', 'transfer-encoding']

/** What the code is given of an answer. `shown` is the address without credentials; `scrub` takes secrets out of all that is text or bytes. */
export function shapeResponse(
  answer: { status: number; shown: URL; fields: Fields; bytes: Buffer },
  scrub: (text: string) => string,
): FetchResponse {
  const { status, shown, fields, bytes } = answer
  const headers: [string, string][] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || OF_THE_WIRE.includes(name)) continue
    for (const each of Array.isArray(value) ? value : [value]) headers.push([scrub(name), scrub(each)])
  }
  return { status, url: scrub(shown.href), headers, ...shapeBody(bytes, scrub) }
}

function shapeBody(bytes: Buffer, scrub: (text: string) => string): Pick<FetchResponse, 'body' | 'encoding'> {
  if (isUtf8(bytes)) return { body: scrub(bytes.toString('utf8')), encoding: 'utf8' }
  // A character for each byte: one byte that is no text must not be a way around the scrub.
  const characters = bytes.toString('latin1')
  const scrubbed = scrub(characters)
  const clean = scrubbed === characters ? bytes : Buffer.from(scrubbed, 'latin1')
  return { body: clean.toString('base64'), encoding: 'base64' }
}
