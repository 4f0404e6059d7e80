import { extractIOC } from 'ioc-extractor'
import type { IOC, IOCKey } from 'ioc-extractor'
import { canonicalize, extractIndicators } from '../../../backend/indicators/index.ts'
import type { Indicator, IndicatorKind } from '../../../backend/indicators/index.ts'
import { loadCorpus, scoreCorpus } from '../../backend/indicators/score-corpus.ts'
import { writeArticle } from './article.ts'

export type SpeedRow = {
  sizeBytes: number
  oursMegabytesPerSecond: number
  peerMegabytesPerSecond: number
  ratio: number
}
export type ExtractionBench = {
  name: 'extraction'
  peer: 'ioc-extractor'
  ratios: Record<string, number>
  speed: SpeedRow[]
  /** F1 over the whole corpus of tests/backend/indicators, on the kinds that both know. */
  quality: { texts: number; ours: number; peer: number; peerWithoutUrlParts: number; oursHeldOut: number }
}

const SIZES = [19_000, 1_000_000, 10_000_000]
const SPAN_MS = 300
const ROUNDS = 3

const PEER_KINDS: Readonly<Partial<Record<IOCKey, IndicatorKind>>> = {
  asns: 'asn',
  btcs: 'bitcoin',
  cves: 'cve',
  domains: 'domain',
  emails: 'email',
  eths: 'ethereum',
  ipv4s: 'ipv4',
  ipv6s: 'ipv6',
  macAddresses: 'mac',
  md5s: 'md5',
  sha1s: 'sha1',
  sha256s: 'sha256',
  sha512s: 'sha512',
  ssdeeps: 'ssdeep',
  urls: 'url',
}

/** Measures ours and the peer by turns in one process, the best of three rounds each: machines are shared and noisy. */
export async function run(): Promise<ExtractionBench> {
  const speed = SIZES.map(measureSize)
  const ratios = Object.fromEntries(speed.map((row) => [`${row.sizeBytes} bytes`, row.ratio]))
  return { name: 'extraction', peer: 'ioc-extractor', ratios, speed, quality: measureQuality() }
}

function measureSize(sizeBytes: number): SpeedRow {
  const text = writeArticle(sizeBytes)
  let ours = 0
  let peer = 0
  for (let round = 0; round < ROUNDS; round++) {
    ours = Math.max(ours, megabytesPerSecond(text, extractIndicators))
    // One round of the peer is enough where one call takes seconds.
    if (round === 0 || sizeBytes < 5_000_000) peer = Math.max(peer, megabytesPerSecond(text, extractIOC))
  }
  return { sizeBytes, oursMegabytesPerSecond: ours, peerMegabytesPerSecond: peer, ratio: ours / peer }
}

function megabytesPerSecond(text: string, extract: (text: string) => unknown): number {
  const start = performance.now()
  let bytes = 0
  do {
    extract(text)
    bytes += text.length
  } while (performance.now() - start < SPAN_MS)
  return bytes / 1000 / (performance.now() - start)
}

function measureQuality(): ExtractionBench['quality'] {
  const texts = loadCorpus('all')
  const shared = Object.values(PEER_KINDS)
  const ours = (text: string) => extractIndicators(text).indicators
  return {
    texts: texts.length,
    ours: scoreCorpus(texts, ours, shared).all.f1,
    peer: scoreCorpus(texts, extractByPeer, shared).all.f1,
    peerWithoutUrlParts: scoreCorpus(texts, (text) => withoutUrlParts(extractByPeer(text)), shared).all.f1,
    oursHeldOut: scoreCorpus(loadCorpus('held-out'), ours).all.f1,
  }
}

/** The peer's answers in our canonical forms, so that spelling costs it nothing. */
function extractByPeer(text: string): Indicator[] {
  const found: IOC = extractIOC(text)
  return Object.entries(PEER_KINDS).flatMap(([key, kind]) =>
    found[key as IOCKey].map((value) => ({ kind, value: canonicalize(kind, value) ?? value })),
  )
}

/** Our labels list a URL or an e-mail address without its host; the peer lists both. This takes its hosts away again. */
function withoutUrlParts(found: Indicator[]): Indicator[] {
  const whole = found.filter(({ kind }) => kind === 'url' || kind === 'email').map(({ value }) => value)
  return found.filter(
    ({ kind, value }) =>
      (kind !== 'domain' && kind !== 'ipv4' && kind !== 'ipv6') || !whole.some((one) => one.includes(value)),
  )
}

export function formatBench({ speed, quality }: ExtractionBench): string {
  const rows = speed.map(({ sizeBytes, oursMegabytesPerSecond, peerMegabytesPerSecond, ratio }) =>
    [sizeBytes, oursMegabytesPerSecond.toFixed(1), peerMegabytesPerSecond.toFixed(1), `${ratio.toFixed(1)}x`]
      .map((cell) => String(cell).padStart(12))
      .join(''),
  )
  const header = ['bytes', 'ours MB/s', 'peer MB/s', 'ratio'].map((cell) => cell.padStart(12)).join('')
  const { texts, ours, peer, peerWithoutUrlParts, oursHeldOut } = quality
  return [
    header,
    ...rows,
    `F1 over ${texts} texts, shared kinds: ours ${ours.toFixed(3)}, ioc-extractor ${peer.toFixed(3)} (${peerWithoutUrlParts.toFixed(3)} with hosts of URLs taken away)`,
    `F1 of ours over the held-out texts, all kinds: ${oursHeldOut.toFixed(3)}`,
  ].join('\n')
}

if (import.meta.main) console.log(formatBench(await run()))
