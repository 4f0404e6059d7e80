import type { MiddlewareHandler } from 'hono'
import { fail } from '../../foundation/index.ts'

/** A pasted text of a million characters, with room for escapes. */
const usualBytes = 4 * 1024 * 1024

/** Bodies that are files: an own list of some million lines. */
const largeBytes = 64 * 1024 * 1024
const largePaths = /^\/api\/v1\/sources\/[^/]+\/dataset$/

const patienceBytes = 64 * 1024 * 1024

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a request's body once, before any route: bounded in size, of a media type that we read, valid UTF-8.
 * What follows finds it in Hono's body cache.
 */
export function readBodies(): MiddlewareHandler {
  return async (c, next) => {
    const hasBody = c.req.raw.body !== null && c.req.method !== 'GET' && c.req.method !== 'HEAD'
    if (hasBody) {
      const most = largePaths.test(c.req.path) ? largeBytes : usualBytes
      const bytes = await readBounded(c.req.raw.body!, most)
      refusePacked(c.req.header('content-encoding'))
      if (bytes.length > 0) requireReadableType(c.req.header('content-type'))
      // Hono keeps promises here and types them as what they resolve to.
      c.req.bodyCache.text = Promise.resolve(decode(bytes)) as unknown as string
    }
    await next()
  }
}

/** A few packed bytes can hold gigabytes: nothing is unpacked here. */
function refusePacked(encoding = 'identity'): void {
  if (encoding.trim().toLowerCase() === 'identity') return
  fail('unsupported-media-type', 'The body is packed.', {
    fields: [
      {
        path: 'header.content-encoding',
        message: 'is not one that is read here',
        fix: 'Send the body as it is, without "Content-Encoding".',
      },
    ],
    headers: { 'accept-encoding': 'identity' },
  })
}

/** What is too large is read on, unkept, for a while: a client that is still sending does not see an answer. */
async function readBounded(body: ReadableStream<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > most + patienceBytes) break
    if (size <= most) chunks.push(chunk)
    else chunks.length = 0
  }
  if (size > most) tooLarge(size, most)
  return chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks)
}

function tooLarge(sizeBytes: number, most: number): never {
  fail('too-large', `The body has ${sizeBytes} bytes or more; at most ${most} are read.`, {
    fields: [{ path: 'body', message: 'is too large', fix: `Send at most ${most} bytes; split a long text.` }],
    headers: { connection: 'close' },
  })
}

function requireReadableType(type: string | undefined): void {
  const media = type?.split(';', 1)[0]?.trim().toLowerCase()
  if (media === 'application/json' || media === 'text/plain' || media === 'text/csv') return
  fail('unsupported-media-type', `The body is of type ${media ?? 'unknown'}.`, {
    fields: [
      {
        path: 'header.content-type',
        message: 'is not one that is read here',
        fix: 'Send "Content-Type: application/json".',
      },
    ],
  })
}

function decode(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes)
  } catch (cause) {
    return fail('malformed', 'The body is not valid UTF-8.', {
      fields: [{ path: 'body', message: 'is not valid UTF-8', fix: 'Encode the body as UTF-8.' }],
      cause,
    })
  }
}
