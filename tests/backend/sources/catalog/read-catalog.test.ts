import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCatalog } from '../../../../backend/sources/catalog/read-catalog.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'indag-catalog-'))
  mkdirSync(join(dir, 'own', 'answers'), { recursive: true })
  write('own/provider.json', { name: 'Own', url: 'https://example.com' })
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const write = (path: string, content: unknown) =>
  writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content))
const manifest = (language: string) =>
  write('own/answers/source.json', {
    ...{ name: 'Answers', description: 'Answers.', language, kinds: ['ipv4'], exposure: 'local' },
  })

describe('the code of a source', () => {
  it.each([
    ['javascript', 'source.js'],
    ['python', 'source.py'],
    ['starlark', 'source.star'],
    ['ruby', 'source.rb'],
  ])('in %s stands in %s', async (language, file) => {
    manifest(language)
    write(`own/answers/${file}`, `code in ${language}`)
    const { providers, problems } = await readCatalog(dir)
    expect(problems).toEqual([])
    expect(providers[0]?.sources[0]).toMatchObject({
      slug: 'answers',
      code: `code in ${language}`,
      manifest: { language },
    })
  })

  it('in another file than its language has is missing', async () => {
    manifest('python')
    write('own/answers/source.js', 'code')
    const { problems } = await readCatalog(dir)
    expect(problems).toEqual([{ file: 'own/answers/source.py', path: '', message: 'is missing or cannot be read' }])
  })

  it.each([
    ['no file', []],
    ['two files', ['source.rb', 'source.star']],
  ])('of another language needs one file: %s', async (_, files) => {
    manifest('ruby')
    for (const file of files) write(`own/answers/${file}`, 'code')
    const { providers, problems } = await readCatalog(dir)
    expect(problems).toEqual([
      {
        file: 'own/answers/source.json',
        path: 'language',
        message: expect.stringMatching(/"ruby".*one file beside this one/),
      },
    ])
    expect(providers[0]?.sources).toEqual([])
  })
})
