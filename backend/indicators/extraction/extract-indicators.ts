import type { Extraction, ExtractionOptions } from './extraction.ts'
export function extractIndicators(_text: string, _options: ExtractionOptions = {}): Extraction {
  return { indicators: [], rejected: [], truncated: false }
}
