import { recognize } from '../../recognize.ts'
import type { Scan } from '../scan.ts'

const AGENT =
  /user[-_ ]?agent["']?\s{0,3}[:=]\s{0,3}["']?([^\r\n"']{4,1024})|["'](Mozilla\/\d\.\d \([^\r\n"']{4,1000})["']/gi

/** User agents are free text: looked for only when the caller names the kind, in headers, fields and quoted Mozilla strings. */
export function readUserAgents(scan: Scan): void {
  if (!scan.candidates.wants('user-agent')) return
  for (const match of scan.text.matchAll(AGENT)) {
    const written = (match[1] ?? match[2] ?? '').trim()
    const recognition = recognize('user-agent', written)
    if (!recognition.ok) continue
    const start = match.index + match[0].indexOf(written)
    scan.candidates.take('user-agent', recognition.value, start, start + written.length)
  }
}
