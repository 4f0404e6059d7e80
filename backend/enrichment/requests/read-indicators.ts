import { fail, type FieldError } from '../../foundation/index.ts'
import {
  detectIndicator,
  extractIndicators,
  INDICATOR_KINDS,
  kinds,
  type IndicatorKind,
} from '../../indicators/index.ts'
import { maxIndicators, type RequestOptions } from './request-options.ts'
import type { AskedIndicator, Rejected } from './run.ts'

export type ReadIndicators = { indicators: AskedIndicator[]; rejected: Rejected[] }

/** The indicators that a caller asks about, canonical and merged. Fails naming each field that is wrong and the fix. */
export function readIndicators(options: Pick<RequestOptions, 'indicators' | 'text'>): ReadIndicators {
  if ((options.indicators === undefined) === (options.text === undefined)) {
    fail('invalid-input', 'Give either "indicators" or "text".', {
      fields: [
        {
          path: 'indicators',
          message: 'is needed when there is no text',
          fix: 'Give indicators: ["1.1.1.1"] or text: "…".',
        },
      ],
    })
  }
  const read = options.text === undefined ? readList(options.indicators!) : readText(options.text)
  if (read.indicators.length > maxIndicators) {
    fail(
      'too-large',
      `A request holds at most ${maxIndicators} indicators; this one has ${read.indicators.length}. Split it.`,
      {
        fields: [
          {
            path: options.text === undefined ? 'indicators' : 'text',
            message: 'holds too many',
            fix: `Send at most ${maxIndicators} at once.`,
          },
        ],
      },
    )
  }
  return read
}

function readText(text: string): ReadIndicators {
  const found = extractIndicators(storable(text))
  const indicators = found.indicators
    .filter(({ kind }) => kinds[kind].enrichable)
    .map(({ kind, value, count }) => ({ kind, value, count }))
  if (indicators.length === 0) {
    fail('invalid-input', 'The text holds no indicator that a source could be asked about.', {
      fields: [
        {
          path: 'text',
          message: 'holds no indicator',
          fix: 'Paste an address, a domain, a URL, a hash, an e-mail address or a CVE number.',
        },
      ],
    })
  }
  return { indicators, rejected: found.rejected.slice(0, maxIndicators) }
}

function readList(values: NonNullable<RequestOptions['indicators']>): ReadIndicators {
  const merged = new Map<string, AskedIndicator>()
  const wrong: FieldError[] = []
  for (const [index, given] of values.entries()) {
    const path = `indicators.${index}`
    const one = readOne(given, path)
    if ('message' in one) {
      wrong.push(one)
      continue
    }
    const key = `${one.kind} ${one.value}`
    const before = merged.get(key)
    if (before) before.count += 1
    else merged.set(key, { ...one, count: 1 })
  }
  if (wrong.length > 0)
    fail('invalid-input', `${wrong[0]!.path}: ${wrong[0]!.message}`, { fields: wrong.slice(0, 100) })
  return { indicators: [...merged.values()], rejected: [] }
}

function readOne(
  given: string | { kind: string; value: string },
  path: string,
): { kind: IndicatorKind; value: string } | FieldError {
  const text = typeof given === 'string' ? given : given.value
  const kind = typeof given === 'string' ? undefined : given.kind
  if (kind !== undefined && !isKind(kind)) {
    return {
      path: `${path}.kind`,
      message: `"${kind}" is not a kind of indicator`,
      fix: `Use one of: ${INDICATOR_KINDS.join(', ')}.`,
    }
  }
  const detected = detectIndicator(storable(text), kind)
  if (!detected.ok) return { path, message: detected.reason, fix: detected.fix }
  if (!kinds[detected.indicator.kind].enrichable) {
    return {
      path,
      message: `${kinds[detected.indicator.kind].name} is recognised in texts, but no source can be asked about it`,
      fix: 'Leave it out, or ask about a hash, a domain or an address found with it.',
    }
  }
  return detected.indicator
}

const isKind = (text: string): text is IndicatorKind => (INDICATOR_KINDS as readonly string[]).includes(text)

/** PostgreSQL text holds neither NUL nor lone surrogates; one code unit becomes one, so that spans stay true. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
