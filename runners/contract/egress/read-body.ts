import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { AnswerBudget } from './byte-budget.ts'

const DECODERS: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** What the host asks for; anything else that comes is passed on as bytes. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/** The whole body, decompressed, as far as the budget goes: beyond, EgressError and the rest is not read. */
export async function readBody(body: Readable, encoding: string | undefined, budget: AnswerBudget): Promise<Buffer> {
  const decoder = DECODERS[encoding?.trim().toLowerCase() ?? '']?.()
  // An error of the source reaches the loop below through the decoder, which pipeline destroys.
  if (decoder)
    pipeline(
      body,
      (source) => counted(source as Readable, budget),
      decoder,
      () => {},
    )
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of (decoder ?? body) as AsyncIterable<Buffer>) {
      budget.take(chunk.length)
      sizeBytes += chunk.length
      chunks.push(chunk)
    }
  } catch (cause) {
    body.destroy()
    throw cause
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, sizeBytes)
}

/** Bytes that decode to nothing, such as empty gzip members for ever, are bounded too. */
async function* counted(source: Readable, budget: AnswerBudget): AsyncGenerator<Buffer> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    budget.carry(chunk.length)
    yield chunk
  }
}
