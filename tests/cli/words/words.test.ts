import { describe, expect, it } from 'vitest'
import { durationMs } from '../../../cli/words/duration.ts'
import { nearest } from '../../../cli/words/nearest.ts'

const words = ['check', 'extract', 'sources', 'runners', 'login', 'logout', 'token']

describe('the nearest word', () => {
  it.each([
    ['chekc', 'check'],
    ['ceck', 'check'],
    ['extrat', 'extract'],
    ['source', 'sources'],
    ['logn', 'login'],
    ['ext', 'extract'],
    ['tokens', 'token'],
  ])('to %s is %s', (typed, meant) => expect(nearest(typed, words)).toBe(meant))

  it.each(['frobnicate', '', 'zzz'])('to %j is none', (typed) => expect(nearest(typed, words)).toBeUndefined())
})

describe('a length of time', () => {
  it.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['90d', 7_776_000_000],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text, '--timeout')).toBe(ms)
  })

  it.each(['', '0', '-5', '5 weeks', '1.5h'])('refuses %j and names the forms', (text) => {
    expect(() => durationMs(text, '--timeout')).toThrow('--timeout')
  })
})
