import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Data goes to `out`, everything else to `err`. */
export type Terminal = {
  /** One line of data. */
  out(line: string): void
  /** One line for the person. */
  err(line: string): void
  /** A line on stderr that the next one replaces; nothing without a terminal. Empty: removes it. */
  progress(line: string): void
  /** Coloured for `out`, if it shows colours. */
  paint(style: Style, text: string): string
  columns: number
  /** Whether a person can be asked. */
  canAsk: boolean
  /** All of stdin as text. */
  readInput(): Promise<string>
}

export function openTerminal(options: { noColor: boolean; noInput: boolean }): Terminal {
  const { stdin, stdout, stderr } = process
  const coloured = stdout.isTTY && !options.noColor
  let shown = false
  const clear = () => {
    if (shown) stderr.write('\r\u001b[K')
    shown = false
  }
  return {
    out: (line) => {
      clear()
      stdout.write(`${line}\n`)
    },
    err: (line) => {
      clear()
      stderr.write(`${line}\n`)
    },
    progress: (line) => {
      if (!stderr.isTTY) return
      clear()
      if (line === '') return
      stderr.write(line.slice(0, (stderr.columns ?? 80) - 1))
      shown = true
    },
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
    columns: stdout.isTTY ? (stdout.columns ?? 80) : Infinity,
    canAsk: stdin.isTTY && stderr.isTTY && !options.noInput,
    readInput,
  }
}

/** A reader that ends early (`| head`) is no error: says nothing more and leaves. */
export function leaveQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
