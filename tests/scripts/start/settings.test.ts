import { describe, expect, it } from 'vitest'
import { parseSettings } from '../../../scripts/start/settings.ts'

function settings(env: NodeJS.ProcessEnv) {
  const read = parseSettings(env)
  if ('errors' in read) throw new Error(JSON.stringify(read.errors))
  return read.settings
}

describe('the settings of npm start', () => {
  it('need nothing', () => {
    const found = settings({})
    expect(found).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      url: 'http://localhost:8080',
      databaseUrl: null,
      runners: null,
    })
    expect(found.dataDir).toMatch(/\/\.indag$/)
  })

  it('take an empty variable as not set', () => {
    expect(settings({ INDAG_PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 8080, databaseUrl: null })
  })

  it('show the address that people type', () => {
    expect(settings({ INDAG_PUBLIC_URL: 'https://indag.example.org' }).url).toBe('https://indag.example.org')
    expect(settings({ INDAG_HOST: '0.0.0.0', INDAG_PORT: '9000' }).url).toBe('http://localhost:9000')
    expect(settings({ INDAG_HOST: '192.0.2.1' }).url).toBe('http://192.0.2.1:8080')
  })

  it.each([
    ['INDAG_PORT', '0'],
    ['INDAG_PORT', '65536'],
    ['INDAG_PORT', '80a'],
    ['INDAG_HOST', 'http://here'],
    ['INDAG_PUBLIC_URL', 'indag.example.org'],
    ['DATABASE_URL', 'mysql://localhost/a'],
    ['INDAG_RUNNERS', '127.0.0.1:50051'],
    ['INDAG_RUNNERS', 'javascript=127.0.0.1:1,,python=127.0.0.1:2'],
    ['INDAG_ROLE', 'worker'],
  ])('refuse %s=%s and say how to set it', (name, value) => {
    const read = parseSettings({ [name]: value })
    if (!('errors' in read)) throw new Error('it was accepted')
    const [error] = read.errors
    expect(error).toMatchObject({ name })
    expect(error?.fix).toMatch(/Set |Leave it out/)
  })

  it('refuse all wrong values at once', () => {
    const read = parseSettings({ INDAG_PORT: 'x', INDAG_ROLE: 'x' })
    expect('errors' in read && read.errors.map((error) => error.name)).toEqual(['INDAG_PORT', 'INDAG_ROLE'])
  })

  it('never repeat a password', () => {
    const read = parseSettings({ DATABASE_URL: 'postgre://user:geheim@host/db' })
    expect(JSON.stringify(read)).toContain('user:***@host')
    expect(JSON.stringify(read)).not.toContain('geheim')
  })
})
