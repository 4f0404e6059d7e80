import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { EgressError } from './egress-error.ts'

const DECODERS: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** What the host asks for; anything else that comes is passed on as bytes. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/** The whole body, decompressed and never more than `maximumBytes` of it in memory: beyond, EgressError and the rest is not read. */
export async function readBody(body: Readable, encoding: string | undefined, maximumBytes: number): Promise<Buffer> {
  const decoder = DECODERS[encoding?.trim().toLowerCase() ?? '']?.()
  // An error of the source reaches the loop below through the decoder, which pipeline destroys.
  if (decoder) pipeline(body, decoder, () => {})
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of (decoder ?? body) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > maximumBytes) {
      body.destroy()
      throw new EgressError('egress-denied', `The answer is larger than ${maximumBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, sizeBytes)
}
