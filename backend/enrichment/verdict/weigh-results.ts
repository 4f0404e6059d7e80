import type { Reliability } from '../../sources/index.ts'
import type { Result } from '../results/result.ts'
import type { Claim, Verdict, VerdictLevel } from './verdict.ts'

/** What weighing must know of one row. Times are milliseconds since 1970. */
export type Weighable = {
  state: 'queued' | 'running' | 'found' | 'not-found' | 'skipped' | 'failed'
  source: { slug: string; name: string; reliability: Reliability; provider: { slug: string } }
  result: Result | null
  answeredAtMs: number | null
  cached: boolean
}

/** The admiralty code as a weight: A decides alone, F cannot be judged and decides little. */
const reliabilityWeight: Record<Reliability, number> = { A: 1, B: 0.8, C: 0.6, D: 0.4, E: 0.2, F: 0.3 }

/** What a claim of a level means as badness when the source gives no score. */
const usualScore = { malicious: 90, suspicious: 60, benign: 5 } as const

/** A claim loses half of its weight in this time: infrastructure changes hands. */
const halfLifeMs = 180 * 24 * 3_600_000
const leastFreshness = 0.25

/** From here on the weighed score is called so. */
const maliciousFrom = 70
const suspiciousFrom = 35
/** Malicious needs this much weight behind it: one weak source alone makes it suspicious. */
const enoughWeight = 0.35

/**
 * Weighs the rows of one indicator into a verdict. Pure; call it again as rows end.
 *
 * A row counts when it is found and its result claims malicious, suspicious or benign. Its weight is reliability ×
 * confidence × freshness; a second claim of one provider counts half, as it is not independent. The score is the
 * weighed mean of badness, in which bad claims weigh double: a miss costs more than a look. Facts, missing records,
 * skipped and failed rows never speak for benign.
 */
export function weighResults(rows: readonly Weighable[], nowMs: number): Verdict {
  const claims = weighClaims(rows, nowMs)
  const pending = count(rows, (row) => row.state === 'queued' || row.state === 'running')
  const failed = count(rows, (row) => row.state === 'failed')
  const silent = count(rows, (row) => row.state === 'not-found' || row.state === 'found') - claims.length
  const score = weighScore(claims)
  const level = levelOf(claims, score)
  const agree = claims.filter((claim) => speaksFor(claim.level, level))
  const disagree = claims.filter((claim) => !agree.includes(claim))
  return {
    level,
    score: Math.round(score),
    confidence: confidenceOf(agree, disagree),
    final: pending === 0,
    summary: summarise(level, agree, disagree, silent, pending, failed),
    agree,
    disagree,
    silent,
    pending,
    failed,
    wouldChange: whatWouldChange(level, claims, pending, failed),
  }
}

function weighClaims(rows: readonly Weighable[], nowMs: number): Claim[] {
  const claims: (Claim & { provider: string })[] = []
  for (const { state, source, result, answeredAtMs, cached } of rows) {
    if (state !== 'found' || !result?.verdict || result.verdict === 'informational') continue
    const observedAtMs = result.observedAt ? Date.parse(result.observedAt) : (answeredAtMs ?? nowMs)
    const freshness = Math.max(leastFreshness, 0.5 ** (Math.max(0, nowMs - observedAtMs) / halfLifeMs))
    claims.push({
      source: source.slug,
      name: source.name,
      level: result.verdict,
      says: result.says ?? result.summary,
      score: result.score ?? usualScore[result.verdict],
      weight: reliabilityWeight[source.reliability] * ((result.confidence ?? 80) / 100) * freshness,
      observedAt: new Date(observedAtMs).toISOString(),
      cached,
      provider: source.provider.slug,
    })
  }
  claims.sort((a, b) => b.weight - a.weight || a.source.localeCompare(b.source))
  const heard = new Set<string>()
  return claims.map(({ provider, ...claim }) => {
    const weight = heard.has(provider) ? claim.weight / 2 : claim.weight
    heard.add(provider)
    return { ...claim, weight: Math.round(weight * 100) / 100 }
  })
}

function weighScore(claims: Claim[]): number {
  let sum = 0
  let weights = 0
  for (const { level, score, weight } of claims) {
    const pull = level === 'benign' ? weight : weight * 2
    sum += score * pull
    weights += pull
  }
  return weights === 0 ? 0 : sum / weights
}

function levelOf(claims: Claim[], score: number): VerdictLevel {
  if (claims.length === 0) return 'unknown'
  const bad = sumOfWeights(claims.filter((claim) => claim.level === 'malicious'))
  if (score >= maliciousFrom) return bad >= enoughWeight ? 'malicious' : 'suspicious'
  if (score >= suspiciousFrom) return 'suspicious'
  return claims.some((claim) => claim.level === 'benign') ? 'benign' : 'suspicious'
}

/** Malicious and suspicious claims both speak for "bad"; which of the two is a matter of degree. */
function speaksFor(claim: Claim['level'], level: VerdictLevel): boolean {
  if (level === 'benign') return claim === 'benign'
  return claim !== 'benign'
}

function confidenceOf(agree: Claim[], disagree: Claim[]): number {
  const [yes, no] = [sumOfWeights(agree), sumOfWeights(disagree)]
  if (yes === 0) return 0
  // 1 - e^-w: the first good source brings much, the fifth little.
  return Math.round(100 * (1 - Math.exp(-1.5 * yes)) * (yes / (yes + no)))
}

function summarise(
  level: VerdictLevel,
  agree: Claim[],
  disagree: Claim[],
  silent: number,
  pending: number,
  failed: number,
): string {
  const parts: string[] = []
  if (agree.length > 0) parts.push(`${agree.length} of ${agree.length + disagree.length} say so: ${names(agree)}`)
  if (disagree.length > 0) parts.push(`${names(disagree)} ${disagree.length === 1 ? 'disagrees' : 'disagree'}`)
  const claims = agree.length + disagree.length
  if (claims === 0) parts.push(silent > 0 ? `${silent} answered, none makes a claim` : 'no source makes a claim')
  else if (silent > 0) parts.push(`${silent} without a claim`)
  if (failed > 0) parts.push(`${failed} failed`)
  if (pending > 0) parts.push(`${pending} still running`)
  return `${level.charAt(0).toUpperCase()}${level.slice(1)}: ${parts.join('; ')}.`
}

function whatWouldChange(level: VerdictLevel, claims: Claim[], pending: number, failed: number): string {
  const open = pending + failed
  const missing = open > 0 ? ` ${open} ${open === 1 ? 'source has' : 'sources have'} not answered.` : ''
  if (level === 'unknown') return `Any source that claims something.${missing}`
  if (level === 'benign')
    return `A malicious claim that outweighs ${names(claims.filter((claim) => claim.level === 'benign'))}.${missing}`
  const strongest = claims.find((claim) => speaksFor(claim.level, level))
  const without = claims.filter((claim) => claim !== strongest)
  const other = levelOf(without, weighScore(without))
  if (strongest && other !== level) return `Without ${strongest.name} it would be ${other}.${missing}`
  return `No single source: without ${strongest?.name ?? 'the strongest'} it would still be ${level}.${missing}`
}

const names = (claims: Claim[]): string => claims.map((claim) => claim.name).join(', ')
const sumOfWeights = (claims: Claim[]): number => claims.reduce((sum, claim) => sum + claim.weight, 0)
const count = <T>(items: readonly T[], test: (item: T) => boolean): number => items.filter(test).length
