/** One line per event on stderr, with the seconds since this process began. */
export type Progress = (line: string) => void

export function newProgress(): Progress {
  return (line) => {
    const seconds = (performance.now() / 1000).toFixed(1).padStart(6)
    for (const part of line.trimEnd().split('\n')) process.stderr.write(`${seconds} s  ${part}\n`)
  }
}

/** A start that cannot go on; the message says what to do and needs no stack. */
export class StartError extends Error {}
