import type { FieldError } from '../../foundation/index.ts'

const minimumLength = 12
const maximumLength = 256

/** What is wrong with a new password, or nothing. Length beats character classes (NIST SP 800-63B 3.1.1.2). */
export function passwordFault(password: string, email: string): FieldError | undefined {
  const length = [...password].length
  if (length < minimumLength) {
    return {
      path: 'password',
      message: `has ${length} characters; ${minimumLength} are needed`,
      fix: 'Use a few words in a row: a sentence is a good password.',
    }
  }
  if (length > maximumLength) {
    return { path: 'password', message: `is longer than ${maximumLength} characters`, fix: 'Shorten it.' }
  }
  if (password.trim().toLowerCase() === email.trim().toLowerCase()) {
    return { path: 'password', message: 'is the e-mail address', fix: 'Choose something that others do not know.' }
  }
  if (new Set(password).size < 4) {
    return { path: 'password', message: 'repeats too few characters', fix: 'Use a few words in a row.' }
  }
  return undefined
}
