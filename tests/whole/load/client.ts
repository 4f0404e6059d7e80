import { Pool } from 'undici'
import type { Call, LoadPlan } from './plan.ts'

export type Answer = { status: number; type: string; text: string }
export type Client = {
  /** Never throws: a connection that broke is status 0 with its reason as text. */
  send(call: Call, n: number): Promise<Answer>
  /** Opens an event stream; throws when there is none. Yields its text as it comes. */
  follow(path: string, lastEventId: string | undefined, n: number): AsyncGenerator<string>
  close(): Promise<void>
}

/** Nothing that lives is silent for so long: streams say something each 15 s. */
const hungMs = 120_000
const connections = 512
/** The generator stands for so many clients, each with an address of its own: limits for one address hold for each. */
const addresses = 100

/** HTTP with kept connections, as a browser and a script have them; streams have connections of their own. */
export function openClient({ url, token, streams }: LoadPlan): Client {
  const options = { headersTimeout: hungMs, bodyTimeout: hungMs, pipelining: 1 }
  const calls = new Pool(url, { ...options, connections })
  const followers = new Pool(url, { ...options, connections: streams })
  const from = (n: number) => ({ 'x-forwarded-for': `10.77.0.${n % addresses}` })
  return {
    async send(call, n) {
      const headers = {
        ...from(n),
        ...(call.isStranger ? {} : { authorization: `Bearer ${token}` }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      }
      try {
        const { path, method, body = null } = call
        const answer = await calls.request({ path, method, headers, body })
        return {
          status: answer.statusCode,
          type: String(answer.headers['content-type']),
          text: await answer.body.text(),
        }
      } catch (error) {
        return { status: 0, type: '', text: String(error) }
      }
    },
    async *follow(path, lastEventId, n) {
      const headers = {
        ...from(n),
        authorization: `Bearer ${token}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      }
      const answer = await followers.request({ path, method: 'GET', headers })
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${await answer.body.text()}`)
      const decoder = new TextDecoder()
      for await (const chunk of answer.body) yield decoder.decode(chunk as Buffer, { stream: true })
    },
    close: async () => {
      await Promise.all([calls.destroy(), followers.destroy()])
    },
  }
}
