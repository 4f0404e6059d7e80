import type { StartedRunner } from '../../support/runner.ts'
import { ask, json, publish } from '../contract/ask.ts'

/** A source with a domain, config and secret of its own that must answer, whatever happens beside it. */
export type Neighbour = {
  hash: string
  answered: number
  /** Wrong answers and failures. */
  errors: string[]
  /** Waits for the call under way. */
  stop(): Promise<void>
}
export type Home = { domain: string; secret: string; label: string }

const PAUSE_MS = 5

/** Asks the neighbour one question after the other until it is stopped. `code` answers with secret, config label and value, joined by blanks. */
export async function startNeighbour(
  runner: StartedRunner,
  language: string,
  code: string,
  home: Home,
): Promise<Neighbour> {
  const hash = await publish(runner, code, language)
  let stopped = false
  const neighbour = { hash, answered: 0, errors: [] as string[] }
  const live = async () => {
    for (let round = 0; !stopped; round += 1) {
      const said = await askNeighbour(runner, hash, `round ${round}`, home)
      if (said === `${home.secret} ${home.label} round ${round}`) neighbour.answered += 1
      else neighbour.errors.push(said)
      await new Promise((done) => setTimeout(done, PAUSE_MS))
    }
  }
  const living = live()
  const stop = () => {
    stopped = true
    return living
  }
  return Object.assign(neighbour, { stop })
}

/** What the neighbour's code says in a domain, or why it does not. */
export async function askNeighbour(runner: StartedRunner, hash: string, value: string, home: Home): Promise<string> {
  const { domain, secret, label } = home
  const context = {
    trustDomain: domain,
    sourceId: `neighbour of ${domain}`,
    secrets: { token: secret },
    configJson: json({ label }),
  }
  const answer = await ask(runner, hash, { value, context })
  return answer.ok ? String(answer.result?.summary) : `${answer.reason}: ${answer.failure.message}`
}
