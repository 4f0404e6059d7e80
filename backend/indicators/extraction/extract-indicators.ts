import { Candidates } from './candidates.ts'
import { decodeText } from './decode-text.ts'
import { unedited } from './edited-text.ts'
import type { Extraction, ExtractionOptions } from './extraction.ts'
import { readUserAgents } from './reading/read-user-agents.ts'
import { undoDefanging } from './refang.ts'
import type { Scan } from './scan.ts'
import { scanText } from './scan-text.ts'
import { Tables } from './tables.ts'

/**
 * Finds indicators in any text: prose, mail, HTML, JSON, CSV, logs. Spans are UTF-16 offsets in `text` as given. Equal
 * values are merged, in the order of first appearance; what was refused is listed with its reason. Never throws on
 * any string; time and memory are linear in its length.
 */
export function extractIndicators(text: string, options: ExtractionOptions = {}): Extraction {
  const edited = undoDefanging(decodeText(unedited(text), options.format ?? 'auto'))
  const candidates = new Candidates(text, edited, options)
  const scan: Scan = {
    text: edited.text,
    edited,
    candidates,
    frontier: 0,
    lastVersionEnd: Number.NEGATIVE_INFINITY,
    tables: new Tables(edited.text),
  }
  scanText(scan)
  readUserAgents(scan)
  return candidates.finish()
}
