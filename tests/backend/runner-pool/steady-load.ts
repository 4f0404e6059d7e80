import type { CallOutcome, RunnerPool, SourceVersion } from '../../../backend/runner-pool/index.ts'
import { ask, until } from './pool.ts'

export type Load = {
  /** Answers of each endpoint so far. */
  answers: Map<string, number>
  failed: CallOutcome[]
  /** Resolves when this endpoint, or without one all together, gave so many answers more. */
  more(count: number, endpoint?: string): Promise<void>
  /** The share of this endpoint in the next `count` answers to calls of its language. */
  share(count: number, endpoint: string, other: string): Promise<number>
  stop(): Promise<void>
}

/** Callers that ask one of the versions after the other, each as soon as it has its answer. */
export function steadyLoad(pool: RunnerPool, versions: SourceVersion[], callers = 16): Load {
  let going = true
  let asked = 0
  const answers = new Map<string, number>()
  const failed: CallOutcome[] = []
  const count = (endpoint: string) => answers.get(endpoint) ?? 0
  const total = () => [...answers.values()].reduce((sum, one) => sum + one, 0)

  async function caller(): Promise<void> {
    while (going) {
      const { hash, language } = versions[asked++ % versions.length]!
      const outcome = await pool.call(ask({ hash, language, deadlineMs: Date.now() + 60_000 }))
      if (outcome.ok) answers.set(outcome.runner, count(outcome.runner) + 1)
      else failed.push(outcome)
    }
  }

  const running = Promise.all(Array.from({ length: callers }, caller))
  return {
    answers,
    failed,
    async more(wanted, endpoint) {
      const now = () => (endpoint === undefined ? total() : count(endpoint))
      const goal = now() + wanted
      await until(() => now() >= goal || failed.length > 0)
    },
    async share(wanted, endpoint, other) {
      const [mine, theirs] = [count(endpoint), count(other)]
      await until(() => count(endpoint) - mine + count(other) - theirs >= wanted || failed.length > 0)
      return (count(endpoint) - mine) / (count(endpoint) - mine + count(other) - theirs)
    },
    async stop() {
      going = false
      await running
    },
  }
}
