import { refuse } from '../../../recognition/recognition.ts'
import type { Refusal } from '../../../recognition/recognition.ts'
import { isInCodeLine } from './code-line.ts'
import { labelBefore } from '../context.ts'
import type { Label } from '../context.ts'
import type { Scan } from '../../scan.ts'
import {
  CODE_ROOTS,
  COMMON_ENDINGS,
  FILE_ENDINGS,
  FILE_LABELS,
  KNOWN_SITES,
  MEMBER_ENDINGS,
  NAME_LABELS,
  PACKAGE_ROOTS,
  PRODUCT_NAMES,
  PROSE_ENDINGS,
  SOURCE_ENDINGS,
  SOURCE_STEMS,
  STRONG_ENDINGS,
  STRONG_MEMBERS,
} from '../../word-lists.ts'

const MEMBER = refuse('code', 'It is a member of an object in a program.', '')
/** (Advice.java:77), () and (event) behind a name call it. */
const CALLED = /^\((?:[\w.]{0,40}\.(?:java|kt|scala|js|ts|py|cs)(?::\d+)?)?\)/
/** Line and column, as compilers tell them. */
const PLACE_BEHIND = /^:\d{1,6}:\d{1,4}\b/
const COMMENT_BEFORE = /(?:^|\n)[ \t]{0,3}(?:\/\/|\/\*|#|--|;)[ \t]{0,2}$/

/**
 * Whether a name that could be a domain is one, here. Public suffixes are also file extensions (.py, .zip), members of
 * objects (.name, .open) and words, so that a bare name must look like a site; a defanged one, one with www and one
 * behind a label such as "domain:" need not. Null: take it.
 */
export function judgeName(scan: Scan, name: string, start: number, end: number): Refusal | null {
  if (scan.edited.hasFang(start, end) || /^www\d?\./i.test(name)) return null
  const labels = name.split('.')
  const written = labels.at(-1) ?? ''
  const ending = written.toLowerCase()
  const lower = name.toLowerCase()
  if (PRODUCT_NAMES.has(lower)) return refuse('code', 'It is the name of a product.', '')
  if (KNOWN_SITES.has(lower) && !PLACE_BEHIND.test(scan.text.slice(end, end + 12))) return null
  const label = labelBefore(scan.text, start)
  const isNamed = label.isKey && NAME_LABELS.has(label.word)
  return (
    judgeCase(labels, written) ??
    judgePlace(scan, start, end, ending) ??
    (isNamed ? null : (judgeFile(labels, ending) ?? judgeSourceFile(scan, labels, ending, label, start, end))) ??
    judgePackage(labels, ending) ??
    (isNamed ? null : judgeMember(scan, labels, ending, start, end))
  )
}

function judgeCase(labels: string[], written: string): Refusal | null {
  if (labels.every((label) => label.length === 1)) return refuse('sentence', 'It is an abbreviation.', '')
  const isTitle = /^[A-Z][a-z]/.test(written) && !/^(?:Com|Org|Ru)$/.test(written)
  if (isTitle)
    return refuse(
      /^[a-z]/.test(labels.at(-2) ?? '') ? 'sentence' : 'code',
      'A capital follows the dot: two sentences, or a name in a program.',
      '',
    )
  const ending = written.toLowerCase()
  const isStrong = STRONG_ENDINGS.has(ending)
  const isCamel = labels.some((label) => /[a-z][A-Z]/.test(label)) && !isStrong
  if (isCamel) return refuse('code', 'Capitals stand inside its words, as in a program.', '')
  // SFP.10G.SR of a catalogue; names of hosts in capitals end as hosts usually do.
  const isArticle = labels.length > 2 && !labels.some((label) => /[a-z]/.test(label)) && !COMMON_ENDINGS.has(ending)
  if (isArticle && !isStrong) return refuse('number', 'It is in capitals, as the number of an article.', '')
  const isShouted = /^[A-Z]{2,}$/.test(written) && /[a-z]/.test(labels.slice(0, -1).join(''))
  return isShouted && !isStrong ? refuse('sentence', 'Only its ending is in capitals.', '') : null
}

function judgePlace(scan: Scan, start: number, end: number, ending: string): Refusal | null {
  const { text } = scan
  const previous = text.charAt(start - 1)
  const next = text.charAt(end)
  const isStrong = STRONG_ENDINGS.has(ending)
  if (previous === '$' || (previous === '>' && text.charAt(start - 2) === '-'))
    return refuse('code', 'It is a variable of a program.', '')
  if (next === '(' && (!isStrong || CALLED.test(text.slice(end, end + 48))))
    return refuse('code', 'It is called like a function.', '')
  if (next === '=' && text.charAt(end + 1) !== '=' && !isStrong) return refuse('code', 'It is the name of a field.', '')
  const isPart = (previous === '/' || previous === '\\') && /[\w.%)-]/.test(text.charAt(start - 2))
  if (isPart && !/[nrt]/.test(previous === '\\' ? text.charAt(start) : '') && !(isStrong && previous === '/'))
    return refuse('file-name', 'It is part of a path.', '')
  if (previous === '\\' && !isStrong) return refuse('file-name', 'It is part of a path.', '')
  return null
}

function judgeFile(labels: string[], ending: string): Refusal | null {
  const stem = (labels.at(-2) ?? '').toLowerCase()
  const isFile =
    (labels.length === 2 && FILE_ENDINGS.has(ending)) ||
    (SOURCE_ENDINGS.has(ending) && labels.length === 2 && (SOURCE_STEMS.has(stem) || stem.includes('_'))) ||
    (FILE_ENDINGS.has(ending) &&
      /^(?:min|tar|test|spec|config|d|bundle|prod|dev|local|howto|readme|data|backup|archive|dump|logs?|pdf|docx?|xlsx?|jpe?g|png|exe|dll|txt|js|css|html?|php|\d{1,4})$/.test(
        stem,
      ))
  return isFile
    ? refuse('file-name', `".${ending}" is a file extension here; nothing shows that it is a site.`, '')
    : null
}

/** script = cleanup.pl, lib.rs:3:5, and the name at the head of a file in its first comment. */
function judgeSourceFile(
  scan: Scan,
  labels: string[],
  ending: string,
  label: Label,
  start: number,
  end: number,
): Refusal | null {
  if (labels.length !== 2 || !(SOURCE_ENDINGS.has(ending) || FILE_ENDINGS.has(ending))) return null
  const { text } = scan
  const isFile =
    FILE_LABELS.has(label.word) ||
    PLACE_BEHIND.test(text.slice(end, end + 12)) ||
    COMMENT_BEFORE.test(text.slice(Math.max(0, start - 8), start))
  return isFile ? refuse('file-name', 'What stands around it makes it the name of a file.', '') : null
}

/** com.example.app is a package; com.example.com would be a site. */
function judgePackage(labels: string[], ending: string): Refusal | null {
  const root = (labels[0] ?? '').toLowerCase()
  if (labels.length < 3 || !PACKAGE_ROOTS.has(root) || /^(?:com|net|org|ru|cn|info|biz)$/.test(ending)) return null
  if (root.length === 2 && root !== 'io' && STRONG_ENDINGS.has(ending)) return null
  if ((root === 'dev' || root === 'app' || root === 'info' || root === 'me') && COMMON_ENDINGS.has(ending)) return null
  return refuse('package-name', 'It is a reversed domain name, as packages have.', '')
}

function judgeMember(scan: Scan, labels: string[], ending: string, start: number, end: number): Refusal | null {
  const first = (labels[0] ?? '').toLowerCase()
  if ((first === 'self' || first === 'this') && !/^(?:com|net|org)$/.test(ending)) return MEMBER
  if (STRONG_MEMBERS.has(ending) && (CODE_ROOTS.has(first) || (first.length === 1 && labels.length === 2)))
    return MEMBER
  if (STRONG_ENDINGS.has(ending)) return null
  if (CODE_ROOTS.has(first) && labels.length === 2 && (MEMBER_ENDINGS.has(ending) || !COMMON_ENDINGS.has(ending)))
    return MEMBER
  if (
    (CODE_ROOTS.has(first) || first.length === 1) &&
    MEMBER_ENDINGS.has(ending) &&
    !(first.length === 1 && COMMON_ENDINGS.has(ending))
  )
    return MEMBER
  if (labels.length === 2 && isSentenceNumber(first, ending))
    return refuse('number', 'It begins with a bare number.', '')
  if (isMemberLike(ending) && isInCodeLine(scan.text, start, end))
    return refuse('code', 'It stands in a program, where it is a member.', '')
  if (labels.length !== 2) return null
  if (first.length === 1 && !/^(?:co|me|io|us|tv)$/.test(ending))
    return refuse('code', 'One letter and a member name.', '')
  // d=evil.it of a signature: a field of data.
  const isField = COMMON_ENDINGS.has(ending) && scan.text.charAt(start - 1) === '='
  const isCodeLike = MEMBER_ENDINGS.has(ending) && !isField && isInCode(scan.text, start, end)
  return isCodeLike ? refuse('code', 'It stands in a program, where it is a member.', '') : null
}

/** Endings that are words, as members of objects are; countries whose letters are none are sites in programs too. */
function isMemberLike(ending: string): boolean {
  return (
    ending.length > 2 ||
    PROSE_ENDINGS.has(ending) ||
    MEMBER_ENDINGS.has(ending) ||
    /^(?:id|is|my|no|am|by|ne|ge|gt|lt|ms)$/.test(ending)
  )
}

/** "the 5.in total", "in 2024.in the", "at 5.pm"; 171611.app is a site. */
function isSentenceNumber(first: string, ending: string): boolean {
  return /^\d+$/.test(first) && (first.length < 4 || /^(?:in|it|at|be|me|us|is|as|so|to|do|pm|am)$/.test(ending))
}

function isInCode(text: string, start: number, end: number): boolean {
  return (
    /[([{=!&|+*]\s?$/.test(text.slice(Math.max(0, start - 2), start)) ||
    /^\s?(?:[)\]};=+]|&&|\|\||[!<>]=|:\s)/.test(text.slice(end, end + 3))
  )
}
