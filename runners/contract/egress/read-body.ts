import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { AnswerBudget } from './byte-budget.ts'

const DECODERS = new Map<string, () => NodeJS.ReadWriteStream & Readable>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

const EMPTY = Buffer.alloc(0)

/** What the host asks for; anything else that comes is passed on as bytes. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/** The whole body, decompressed, as far as the budget goes: beyond, EgressError and the rest is not read. */
export async function readBody(body: Readable, encoding: string | undefined, budget: AnswerBudget): Promise<Buffer> {
  const decoder = DECODERS.get(encoding?.trim().toLowerCase() ?? '')?.()
  if (!decoder) return readAll(body, budget)
  let packedBytes = 0
  /** Bytes that decode to nothing, such as empty gzip members for ever, are bounded too. */
  const counted = async function* (source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      packedBytes += chunk.length
      budget.carry(chunk.length)
      yield chunk
    }
  }
  // An error of the source reaches the reader through the decoder, which pipeline destroys.
  const unpacked = pipeline(body, counted, decoder, () => {})
  try {
    return await readAll(unpacked as Readable, budget)
  } catch (cause) {
    body.destroy()
    // HEAD and 304 call nothing compressed too, but there it is no compressed nothing.
    if (packedBytes === 0 && cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR') return EMPTY
    throw cause
  }
}

async function readAll(body: Readable, budget: AnswerBudget): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    budget.take(chunk.length)
    sizeBytes += chunk.length
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, sizeBytes)
}
