import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Frame, FrameReader, encodeFrame } from '../../../runners/contract/children/frames.ts'

type Read = [type: number, callId: number, payload: string]
const readAll = (chunks: Buffer[], maximumBytes = 1_000) => {
  const frames: Read[] = []
  const reader = new FrameReader(
    (type, callId, payload) => frames.push([type, callId, payload.toString('utf8')]),
    () => maximumBytes,
  )
  const whole = chunks.every((chunk) => reader.push(chunk))
  return { frames, whole }
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const frame = fc.tuple(
      fc.constantFrom(...Object.values(Frame)),
      fc.nat({ max: 0xffffffff }),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
    )
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 60 })), (frames, cuts) => {
        let rest = Buffer.concat(frames.map(([type, id, text]) => encodeFrame(type, id, text)))
        const chunks: Buffer[] = []
        for (const cut of cuts) {
          chunks.push(rest.subarray(0, cut))
          rest = rest.subarray(cut)
        }
        expect(readAll([...chunks, rest])).toEqual({ frames, whole: true })
      }),
    )
  })

  it('join text and bytes into one payload', () => {
    const frame = encodeFrame(Frame.CALL, 7, '{"a":', Buffer.from('"ä"'), '}')
    expect(readAll([frame]).frames).toEqual([[Frame.CALL, 7, '{"a":"ä"}']])
  })

  it('that are larger than allowed end the stream before their payload has come', () => {
    const head = encodeFrame(Frame.RESULT, 1, 'x'.repeat(1_001)).subarray(0, 9)
    expect(readAll([encodeFrame(Frame.READY, 0, '{}'), head, encodeFrame(Frame.READY, 0, '{}')])).toEqual({
      frames: [[Frame.READY, 0, '{}']],
      whole: false,
    })
  })
})
