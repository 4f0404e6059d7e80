import type { Attack } from '../attack.ts'

const MOST_CHARACTERS = 1024 * 1024
const HOOK = '\nexport const fetchData = () => ({ summary: "s" })'
const nested = (times: number, open: string, close: string, middle = '') =>
  open.repeat(times) + middle + close.repeat(times)
const numbered = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join('')

const codes: Record<string, string> = {
  'arrays in arrays': `x=${nested(400_000, '[', ']')}`,
  'a row of objects': `export const a=[${'{},'.repeat(330_000)}]`,
  'defaults in defaults': `export const f=${nested(2_000, '(a=', ')=>0', '1')}`,
  'functions in functions': nested(20_000, 'function f(){', '}'),
  'arrows in arrows': `export const f=${'a=>'.repeat(20_000)}1`,
  'calls that may be arrows': `export const f=${nested(100_000, 'async(', ')')}`,
  'a number of a million digits': `export const n=${'9'.repeat(MOST_CHARACTERS - 100)}n`,
  'groups in groups of a regular expression': `export const r=/${nested(150_000, '(?:', ')', 'a')}/`,
  'counts of counts of a regular expression': `export const r=/${'(?:a{1,9999}){1,9999}'.repeat(10_000)}/`,
  'a hundred thousand properties': `export const o={${numbered(100_000, (n) => `a${n}:1,`)}}`,
  'private fields': `class A{${numbered(60_000, (n) => `#a${n}=1;`)}}`,
  'texts in texts': `export const t=${nested(60_000, '`${', '}`', '1')}`,
  'a switch of many cases': `switch(1){${numbered(80_000, (n) => `case ${n}:`)}}`,
  'many exports': numbered(30_000, (n) => `export const a${n}=1;`),
  'a long sum': `export const t=${'1+'.repeat(400_000)}1`,
  'a byte that is none': `export const t="\u0000\uFEFF\u2028"`,
}

/** Code that is hostile before any of it runs. */
export const compile: Attack[] = Object.entries(codes).map(([name, code]) => ({
  name: `code that is ${name}`,
  code: (code + HOOK).slice(0, MOST_CHARACTERS),
  ends: ['syntax', 'harmless', 'timeout', 'memory', 'exception', 'crashed'],
}))
