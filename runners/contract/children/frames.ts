/** Frame types of the channel between the runner and one child. Header: u32 BE length, u8 type, u32 BE call id. */
export const Frame = {
  LOAD: 1,
  CALL: 2,
  SETTLE: 3,
  CANCEL: 4,
  UNLOAD: 5,
  LOADED: 65,
  RESULT: 66,
  FAILURE: 67,
  OP: 68,
  LOG: 69,
  EMIT: 70,
  READY: 71,
  /** A call's first turn is over, and the call is not. */
  BEGUN: 72,
  /** The child begins nothing more, and wants to be ended. */
  LEAVING: 73,
} as const
export type FrameType = (typeof Frame)[keyof typeof Frame]

export const HEADER_BYTES = 9
/** Largest payload from the runner to a child. */
export const MAXIMUM_INWARD_BYTES = 32 * 1024 * 1024
/** What a child may send above `outputBytes`: the wrapping of an operation or a log line. */
export const OUTWARD_SLACK_BYTES = 64 * 1024

/** One frame, ready to write. `payload` text is UTF-8; parts are joined without a separator. */
export function encodeFrame(type: FrameType, callId: number, ...parts: (Buffer | string)[]): Buffer {
  let length = 0
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame[4] = type
  frame.writeUInt32BE(callId, 5)
  let offset = HEADER_BYTES
  for (const part of parts) {
    if (typeof part === 'string') offset += frame.write(part, offset)
    else offset += part.copy(frame, offset)
  }
  return frame
}

/** Frames that go together. One copy costs less than what a stream does for each write. */
export function joinFrames(frames: Buffer[]): Buffer {
  return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
}

export type FrameListener = (type: number, callId: number, payload: Buffer) => void

/**
 * Cuts a byte stream into frames. A payload is a view of the received chunk when it came whole (the usual case) and is copied
 * once when it came in pieces. Returns false from `push` when a frame is larger than allowed: the stream is then dead.
 */
export class FrameReader {
  #chunks: Buffer[] = []
  #bufferedBytes = 0
  #wantedBytes = HEADER_BYTES
  #dead = false
  readonly #onFrame: FrameListener
  readonly #maximumBytes: () => number

  constructor(onFrame: FrameListener, maximumBytes: () => number) {
    this.#onFrame = onFrame
    this.#maximumBytes = maximumBytes
  }

  push(chunk: Buffer): boolean {
    if (this.#dead) return false
    if (this.#bufferedBytes === 0) return this.#cut(chunk)
    this.#chunks.push(chunk)
    this.#bufferedBytes += chunk.length
    if (this.#bufferedBytes < this.#wantedBytes) return true
    const whole = Buffer.concat(this.#chunks, this.#bufferedBytes)
    this.#chunks = []
    this.#bufferedBytes = 0
    return this.#cut(whole)
  }

  #cut(buffer: Buffer): boolean {
    let offset = 0
    this.#wantedBytes = HEADER_BYTES
    while (buffer.length - offset >= HEADER_BYTES) {
      const length = buffer.readUInt32BE(offset)
      if (length > this.#maximumBytes()) {
        this.#dead = true
        return false
      }
      const end = offset + HEADER_BYTES + length
      if (end > buffer.length) {
        this.#wantedBytes = end - offset
        break
      }
      this.#onFrame(
        buffer[offset + 4] ?? 0,
        buffer.readUInt32BE(offset + 5),
        buffer.subarray(offset + HEADER_BYTES, end),
      )
      offset = end
    }
    if (offset < buffer.length) {
      this.#chunks = [offset === 0 ? buffer : buffer.subarray(offset)]
      this.#bufferedBytes = buffer.length - offset
    }
    return true
  }
}
