import { describe, expect, it } from 'vitest'
import { hashPassword, passwordMatches } from '../../../../backend/identity/passwords/password-hash.ts'
import { passwordFault } from '../../../../backend/identity/passwords/password-rules.ts'

describe('the rules of a password', () => {
  it.each([
    ['eleven char', 'has 11 characters; 12 are needed'],
    ['ADA@example.org', 'is the e-mail address'],
    ['abababababab', 'repeats too few characters'],
    ['x1y2'.repeat(65), 'is longer than 256 characters'],
  ])('refuse %s', (password, message) => {
    expect(passwordFault(password, 'ada@example.org')).toMatchObject({
      path: 'password',
      message,
      fix: expect.any(String),
    })
  })

  it('accept twelve characters, counted as a person counts them', () => {
    expect(passwordFault('correct horse', 'ada@example.org')).toBeUndefined()
    expect(passwordFault('🐎🔋📎🧱🐎🔋📎🧱🐎🔋📎', 'ada@example.org')?.message).toContain('11')
  })
})

describe('a hashed password', () => {
  it('matches however the keyboard composed its letters, and nothing else', async () => {
    const hash = await hashPassword('caf\u00e9 au lait')
    expect(await passwordMatches(hash, 'cafe\u0301 au lait')).toBe(true)
    expect(await passwordMatches(hash, 'cafe au lait')).toBe(false)
  })

  it('refuses a user without a password, also with the password of nobody', async () => {
    expect(await passwordMatches(undefined, 'no user has this password')).toBe(false)
  })
})
