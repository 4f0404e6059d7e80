import { recognizeEmail } from '../../recognition/email.ts'
import { refuse } from '../../recognition/recognition.ts'
import type { Refusal } from '../../recognition/recognition.ts'
import { behindIdeographs, classOf } from '../character-class.ts'
import { hostNameEnd } from './hosts/host-name-end.ts'
import { headerBefore, labelBefore } from './context.ts'
import type { Scan } from '../scan.ts'

const OPENED = /<[^\s<>]{0,80}$/
const MAX_LOCAL = 64
const ID_HEADERS = new Set([
  'message-id',
  'references',
  'in-reply-to',
  'content-id',
  'resent-message-id',
  'x-ms-exchange-parent-message-id',
  'thread-index',
  'list-id',
  'x-original-message-id',
  'x-google-smtp-source',
])
const ID_LABELS = new Set([
  'messageid',
  'msgid',
  'references',
  'inreplyto',
  'contentid',
  'cid',
  'internetmessageid',
  'xmessageid',
  'originalmessageid',
])

/** Reads local@domain; `end` is where the @ stands. On a refusal the domain is left to be read on its own. */
export function readEmail(scan: Scan, start: number, end: number): number {
  const { text } = scan
  const localStart = localPartStart(scan, start, end)
  const domainStart = end + 1
  const domainEnd = hostNameEnd(text, domainStart)
  if (localStart >= end || domainEnd <= domainStart) return end + 1
  const recognition = recognizeEmail(text.slice(localStart, domainEnd))
  if (!recognition.ok) {
    scan.candidates.reject('email', recognition, localStart, domainEnd)
    return recognition.code === 'malformed' ? end + 1 : domainEnd
  }
  const refusal = scan.edited.hasFang(localStart, domainEnd) ? null : judgeEmail(scan, localStart, domainEnd)
  if (refusal !== null) scan.candidates.reject('email', refusal, localStart, domainEnd)
  else {
    scan.candidates.take('email', recognition.value, localStart, domainEnd)
    scan.frontier = domainEnd
  }
  return domainEnd
}

function judgeEmail(scan: Scan, start: number, end: number): Refusal | null {
  const { text } = scan
  const before = text.charAt(start - 1)
  if (before === '@') return refuse('handle', 'It is a handle on a social network.', '')
  if (/^git@/i.test(text.slice(start, start + 4)) && text.charAt(end) === ':')
    return refuse('code', 'It is the address of a git repository.', '')
  const isIdentifier =
    ID_LABELS.has(labelBefore(text, start).word) ||
    (OPENED.test(text.slice(Math.max(0, start - 90), start)) && ID_HEADERS.has(headerBefore(text, start)))
  return isIdentifier ? refuse('message-id', 'It identifies a message, not a mailbox.', '') : null
}

/** Goes back over a plus tag, never beyond what was taken already; ideographs of touching prose are cut off. */
function localPartStart(scan: Scan, start: number, end: number): number {
  const { text } = scan
  const floor = Math.max(scan.frontier, end - MAX_LOCAL, 0)
  let place = Math.max(start, floor)
  while (place > floor && isLocalCharacter(text.charCodeAt(place - 1))) place--
  const plain = behindIdeographs(text, place, end)
  if (plain > place) return plain
  place = Math.max(floor, rareStart(text, place))
  while (place < end && (text.charAt(place) === '.' || text.charAt(place) === '-' || text.charAt(place) === '+'))
    place++
  return place
}

/** o'neil@… anywhere, prvs=2024=jo@… in the angle brackets of a mail log: elsewhere a quote and an equal sign end the word. */
function rareStart(text: string, place: number): number {
  if (/(?:^|[^\p{L}\p{N}])o['’]$/iu.test(text.slice(Math.max(0, place - 3), place))) return place - 2
  if (text.charCodeAt(place - 1) !== 61) return place
  const tag = /<([\w.+=-]{1,60}=)$/.exec(text.slice(Math.max(0, place - MAX_LOCAL), place))?.[1]
  return place - (tag?.length ?? 0)
}

function isLocalCharacter(code: number): boolean {
  return code === 43 || classOf(code) !== 0
}
