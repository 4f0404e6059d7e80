import { afterEach, beforeEach, expect, it } from 'vitest'
import { addressBehind } from '../../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { password, setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity

beforeEach(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql, { addressOf: addressBehind(['127.0.0.1']) })
  await setUpAdmin(product)
})
afterEach(async () => {
  await product.close()
  await database.drop()
})

const signIn = async (from: string, email: string, word: string) =>
  (await product.ask('POST', '/auth/sign-in', { 'x-forwarded-for': from }, { email, password: word })).status

it('strangers from many addresses are stopped, and whoever has signed in from theirs before is not', async () => {
  const email = 'ada@example.org'
  expect(await signIn('198.51.100.1', email, password)).toBe(200)
  const guesses: number[] = []
  for (let i = 0; i < 101; i++) guesses.push(await signIn(`203.0.113.${i}`, email, 'guess'))
  // The first right sign-in was one of the hundred.
  expect(guesses.filter((status) => status === 401)).toHaveLength(99)
  expect(guesses.at(-1)).toBe(429)
  expect(await signIn('203.0.113.200', email, password)).toBe(429)
  expect(await signIn('198.51.100.1', email, password)).toBe(200)
}, 60_000)

it('guesses at an unknown e-mail are counted alike, so that the limit tells nobody whether it is known', async () => {
  const guesses: number[] = []
  for (let i = 0; i < 101; i++) guesses.push(await signIn(`203.0.113.${i}`, 'nobody@example.org', 'guess'))
  expect(guesses.filter((status) => status === 401)).toHaveLength(100)
  expect(guesses.at(-1)).toBe(429)
}, 60_000)
