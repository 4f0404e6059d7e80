import { request } from 'node:http'
import type { OddRequest } from './arbitrary-request.ts'

export type RawAnswer = { status: number; headers: Record<string, string | string[] | undefined>; text: string }

/** Sends a request as it is: fetch would refuse or mend what we want to try. Streams are read to their first piece. */
export function sendRaw(
  base: string,
  odd: Pick<OddRequest, 'method' | 'path' | 'headers' | 'body'>,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: hostname, port, method: odd.method, path: odd.path },
        headers: { ...odd.headers, ...lengthOf(odd.body) },
        // A connection of its own: a kept one may be closed by the server at the moment in which it is used again.
        agent: false,
      },
      (answer) => {
        const chunks: Buffer[] = []
        const done = (): void =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() })
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          if (!answer.headers['content-type']?.startsWith('text/event-stream')) return
          done()
          sent.destroy()
        })
        answer.on('end', done)
        answer.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(odd.body)
  })
}

/** Node sends the body of a DELETE without saying how long it is. */
const lengthOf = (body: OddRequest['body']) =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }

/** The same request for a shell; bytes as octal escapes, the caller's credentials left out. */
export function asCurl(base: string, { method, path, headers, body }: OddRequest): string {
  const shown = Object.entries(headers).filter(([name]) => name !== 'authorization' && name !== 'cookie')
  const flags = shown.map(([name, value]) => ` -H ${quote(`${name}: ${value.slice(0, 300)}`)}`).join('')
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const octal = [...(bytes?.subarray(0, 4_000) ?? [])].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  const isText = bytes !== undefined && Buffer.from(bytes.toString()).equals(bytes) && !bytes.includes(0)
  const data =
    bytes === undefined
      ? ''
      : isText
        ? ` --data-binary ${quote(bytes.toString().slice(0, 4_000))}`
        : ' --data-binary @-'
  const piped = bytes === undefined || isText ? '' : `printf '${octal}' | `
  return `${piped}curl --path-as-is -g -X ${method}${flags}${data} ${quote(base + path)}`
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
