import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepSecret, openDataFolder } from '../../../scripts/start/data-folder.ts'

describe('the data folder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'indag-data-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is open to its owner alone', async () => {
    const data = openDataFolder(join(folder, 'new'))
    expect((await stat(data.path)).mode & 0o077).toBe(0)
  })

  it('keeps a secret, readable by its owner alone', async () => {
    const data = openDataFolder(folder)
    const secret = keepSecret(data, 'secret-key')
    expect(Buffer.from(secret, 'base64')).toHaveLength(32)
    expect(keepSecret(data, 'secret-key')).toBe(secret)
    expect((await stat(join(folder, 'secrets/secret-key'))).mode & 0o077).toBe(0)
  })

  it('keeps sockets inside when their path is short and plain', () => {
    expect(openDataFolder(folder).sockets).toBe(join(folder, 'run'))
  })

  it.each(['with a space', 'with,comma', 'x'.repeat(100)])('keeps sockets elsewhere for a path %s', (name) => {
    const { sockets } = openDataFolder(join(folder, name))
    expect(sockets).toMatch(/^\/[\w./-]+$/)
    expect(Buffer.byteLength(join(sockets, 'javascript.sock'))).toBeLessThan(100)
  })

  it('refuses a path that is a file', () => {
    expect(() => openDataFolder(import.meta.filename)).toThrow(/INDAG_DATA_DIR/)
  })
})
