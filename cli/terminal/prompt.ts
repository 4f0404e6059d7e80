import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks on stderr, so that stdout stays data. An empty answer is the default. */
export async function askFor(question: string, fallback?: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question(fallback ? `${question} [${fallback}]: ` : `${question}: `)
    return answer.trim() || (fallback ?? '')
  } finally {
    lines.close()
  }
}

/** Asks without showing what is typed. */
export async function askForSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  // Only now, when the terminal no longer echoes: somebody may paste at once.
  process.stderr.write(`${question} (not shown): `)
  try {
    return (await lines.question('')).trim()
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
