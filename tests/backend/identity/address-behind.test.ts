import { createServer } from 'node:http'
import { once } from 'node:events'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { AddressInfo } from 'node:net'
import { addressBehind } from '../../../backend/identity/index.ts'

async function seenFrom(proxies: string[], forwarded: string): Promise<string> {
  const addressOf = addressBehind(proxies)
  const app = new Hono().get('/', (c) => c.text(addressOf(c)))
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0, createServer })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    return await (
      await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': forwarded, connection: 'close' } })
    ).text()
  } finally {
    server.close()
  }
}

test('the word of a trusted proxy counts: its own entry, the last', async () => {
  expect(await seenFrom(['127.0.0.0/8'], '6.6.6.6, 203.0.113.9')).toBe('203.0.113.9')
})

test('a header from anybody else is not believed', async () => {
  expect(await seenFrom([], '203.0.113.9')).toBe('127.0.0.1')
  expect(await seenFrom(['10.0.0.0/8', 'fd00::/8'], '203.0.113.9')).toBe('127.0.0.1')
})

test.each(['ten', '10.0.0.0/33', '10.0.0.0/x', '::1/129'])('refuses the proxy "%s"', (entry) => {
  expect(() => addressBehind([entry])).toThrow(entry)
})
