import type { Attack } from '../attack.ts'

/** Code that is hostile to whoever only reads it. It is pushed, and called if that goes well. */
const text = (name: string, ends: Attack['ends'], code: string): Attack => ({ name, code, ends })
const HOOK = 'def fetch_data(indicator, ctx):\n    return {"summary": "s"}\n'

export const parsing: Attack[] = [
  text('brackets, a hundred thousand deep', ['syntax'], `${HOOK}x = ${'('.repeat(100_000)}${')'.repeat(100_000)}`),
  text('signs before a number, a hundred thousand', ['syntax'], `${HOOK}x = ${'-'.repeat(100_000)}1`),
  text(
    'a sum of a hundred thousand',
    ['syntax', 'harmless', 'memory', 'exception', 'crashed'],
    `${HOOK}x = ${'1+'.repeat(100_000)}1`,
  ),
  text(
    'attributes, a hundred thousand',
    ['syntax', 'harmless', 'exception', 'crashed'],
    `${HOOK}x = a${'.a'.repeat(100_000)}`,
  ),
  text(
    'functions in functions',
    ['syntax', 'exception'],
    `${HOOK}${Array.from({ length: 150 }, (_, n) => `${' '.repeat(n)}def f():\n`).join('')}${' '.repeat(150)}pass\n`,
  ),
  text(
    'constants that fold without end',
    ['harmless', 'syntax', 'memory', 'timeout', 'exception'],
    `${HOOK}x = ((((9 ** 99999) ** 9) ** 9) ** 9) ** 9\n`,
  ),
  text('a null character', ['syntax'], `${HOOK}\0`),
  text('an encoding of its own', ['harmless'], `# -*- coding: utf-7 -*-\n${HOOK}# +AAo-raise SystemExit\n`),
  text(
    'a name that is normalized',
    ['harmless', 'exception'],
    `def ｆｅｔｃｈ_data(indicator, ctx):\n    return {"summary": "s"}\n`,
  ),
  text(
    'a megabyte of lambdas',
    ['syntax', 'memory', 'timeout', 'exception', 'crashed'],
    `${HOOK}x = ${'lambda:'.repeat(140_000)}0`,
  ),
  text(
    'a pattern match of many arms',
    ['harmless', 'syntax', 'memory', 'timeout', 'exception'],
    `${HOOK}match 1:\n${Array.from({ length: 20_000 }, (_, n) => `    case ${n}: x = ${n}\n`).join('')}`,
  ),
  text('a hundred thousand warnings', ['syntax', 'harmless'], `${HOOK}${'1 is 1\n'.repeat(20_000)}`),
  text(
    'indentation without end',
    ['syntax', 'exception'],
    `${Array.from({ length: 300 }, (_, n) => `${'\t'.repeat(n)}if 1:\n`).join('')}`,
  ),
]
