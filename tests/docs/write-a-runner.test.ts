import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { allChecks, FIXTURE_NAMES } from '../../runners/conformance/index.ts'
import { indag } from '../cli/run-indag.ts'
import { siteAddress, siteAllowed } from '../runners/conformance/hold-to-contract.ts'
import { startRunner } from '../support/runner.ts'
import { codeBlocks, headings, readGuide } from './code-blocks.ts'

const page = readGuide('write-a-runner.md')
const blocks = codeBlocks(page)
const repository = join(import.meta.dirname, '../..')
const proto = readFileSync(join(repository, 'proto/runner/v1/runner.proto'), 'utf8')

/** First cells of the table rows of a section. */
function rows(section: string): string[][] {
  const [, text = ''] = page.split(`\n## ${section}\n`)
  const lines =
    text
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| `')) ?? []
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

describe('the guide to runners', () => {
  it('has the section that each check points to', () => {
    const missing = allChecks.filter(({ guide }) => !headings(page).includes(guide))
    expect(missing.map(({ id, guide }) => [id, guide])).toEqual([])
  })

  it('tells of every program, and of no other', () => {
    expect(rows('The programs').map(([name]) => name)).toEqual([...FIXTURE_NAMES])
  })

  it('gives every reason of the contract its status', () => {
    const reasons = [...proto.matchAll(/\/\/ ([^\n]+)\n\s+REASON_(\w+) = [1-9]\d*;/g)]
    expect(reasons.length).toBeGreaterThan(15)
    const told = new Map(rows('Failures').map(([reason, code]) => [reason, code]))
    for (const [, comment = '', reason = ''] of reasons) {
      const [code] = comment.match(/[A-Z_]{5,}(?=[,.]?( for|$|\.| so))/g)?.slice(-1) ?? []
      if (code !== undefined && code !== 'UNAVAILABLE') expect([reason, told.get(reason)]).toEqual([reason, code])
      else expect(told.has(reason)).toBe(true)
    }
    expect(told.size).toBe(reasons.length)
  })

  it('tells of every limit', () => {
    const [, limits = ''] = /message Limits \{([^}]*)\}/.exec(proto) ?? []
    const names = [...limits.matchAll(/ (\w+) = \d+;/g)].map(([, name]) => name)
    expect(
      rows('Limits')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(names.toSorted())
  })

  it('shows the ready line as our runners print it', async () => {
    const shown = blocks.find(({ language }) => language === 'json')
    const child = spawn(process.execPath, [join(repository, 'runners/javascript/main.ts')], {
      env: { PATH: process.env['PATH'], INDAG_RUNNER_LISTEN: '127.0.0.1:0', INDAG_EXIT_WITH_PARENT: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    child.stdin.end()
    await once(child, 'exit')
    expect(Object.keys(JSON.parse(shown?.text ?? '{}') as object)).toEqual(Object.keys(JSON.parse(line) as object))
  })

  it('has a command that verifies, with options that the command has', { timeout: 120_000 }, async () => {
    const { text = '' } = blocks.find(({ language }) => language === 'sh') ?? {}
    const [, words = ''] = /^npx indag (runner verify .*)$/m.exec(text) ?? []
    expect(text).toMatch(/^INDAG_RUNNER_PRIVATE_HOSTS=(\S+) .*\n.*--site \1 /)
    const runner = await startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: siteAllowed })
    const args = words
      .replace('127.0.0.1:50055', runner.address)
      .replace('127.0.0.1:18999', siteAddress)
      .replace(' --fixtures ./programs', '')
    const run = await indag([...args.split(' '), '--only', 'egress.request'], {
      env: { INDAG_RUNNER_TOKEN: runner.token },
    }).finally(() => runner.stop())
    expect(run).toMatchObject({ code: 0, out: expect.stringContaining('1 kept, 0 broken') })
  })

  it('has no other code', () => {
    expect(blocks.map(({ language }) => language)).toEqual(['sh', 'json'])
  })
})
