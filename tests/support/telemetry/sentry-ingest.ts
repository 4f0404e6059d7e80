import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export type SentryEvent = {
  release?: string
  environment?: string
  tags?: Record<string, string>
  exception?: { values: { type?: string; value?: string; stacktrace?: { frames?: object[] } }[] }
} & Record<string, unknown>

export type SentryIngest = {
  /** To be given as a DSN. */
  dsn: string
  origin: string
  /** Events of envelopes, decoded. */
  events: SentryEvent[]
  /** All that came, as text. */
  raw: string[]
  close(): void
}

/** Sentry's ingest on loopback: decodes envelopes (a line of headers, then for each item a line of headers and its payload). */
export async function openSentryIngest(): Promise<SentryIngest> {
  const events: SentryEvent[] = []
  const raw: string[] = []
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'POST') {
        const text = decompress(Buffer.concat(chunks), request.headers['content-encoding']).toString()
        raw.push(`${request.url}\n${text}`)
        events.push(...eventsIn(text))
      }
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { dsn: `http://public@127.0.0.1:${port}/1`, origin, events, raw, close }
}

function decompress(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(bytes)
  return encoding === 'br' ? brotliDecompressSync(bytes) : bytes
}

function eventsIn(envelope: string): SentryEvent[] {
  const [, ...lines] = envelope.split('\n')
  const found: SentryEvent[] = []
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const header = JSON.parse(lines[at] || '{}') as { type?: string }
    if (header.type === 'event') found.push(JSON.parse(lines[at + 1]!) as SentryEvent)
  }
  return found
}
