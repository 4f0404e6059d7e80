import { describe, expect, it } from 'vitest'
import { foreignOrigin } from '../../../../backend/identity/authentication/foreign-origin.ts'

const post = { method: 'POST', hasCookie: true, origin: undefined, secFetchSite: undefined, host: '10.0.0.5:8080' }

describe('a change', () => {
  it('from a page under another name of this host is ours', () => {
    expect(foreignOrigin({ ...post, origin: 'http://10.0.0.5:8080' }, 'http://localhost:8080')).toBeUndefined()
    expect(foreignOrigin({ ...post, origin: 'https://10.0.0.5:8080' }, 'http://localhost:8080')).toBeUndefined()
  })

  it('from a page that came by plain http is refused where the public URL is https', () => {
    expect(foreignOrigin({ ...post, origin: 'http://10.0.0.5:8080' }, 'https://indag.test')).toContain('10.0.0.5')
    expect(foreignOrigin({ ...post, origin: 'http://indag.test' }, 'https://indag.test')).toContain('indag.test')
  })

  it('believes Origin before Sec-Fetch-Site, and refuses what is no origin', () => {
    expect(
      foreignOrigin({ ...post, origin: 'http://evil.test', secFetchSite: 'same-origin' }, 'http://localhost'),
    ).toBeDefined()
    expect(foreignOrigin({ ...post, origin: 'garbage' }, 'http://localhost')).toBeDefined()
  })

  it('without a cookie needs no origin; reading never does', () => {
    expect(foreignOrigin({ ...post, hasCookie: false }, 'http://localhost')).toBeUndefined()
    expect(foreignOrigin({ ...post, method: 'GET', origin: 'http://evil.test' }, 'http://localhost')).toBeUndefined()
    expect(foreignOrigin({ ...post, method: 'DELETE' }, 'http://localhost')).toBeDefined()
  })
})
