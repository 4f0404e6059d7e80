/** What a recogniser says of one whole value: its canonical form, or why it is not of the kind. */
export type Recognition = { ok: true; value: string } | Refusal

/** `code` is from a short closed list and stable; `reason` and `fix` are sentences for people. */
export type Refusal = { ok: false; code: RefusalCode; reason: string; fix: string }

export type RefusalCode =
  | 'empty'
  | 'too-long'
  | 'not-recognised'
  | 'wrong-kind'
  | 'malformed'
  | 'out-of-range'
  | 'bad-checksum'
  | 'no-public-suffix'
  | 'public-suffix'
  | 'local-host'
  | 'ambiguous'
  | 'file-name'
  | 'version-number'
  | 'object-identifier'
  | 'netmask'
  | 'code'
  | 'package-name'
  | 'sentence'
  | 'message-id'
  | 'handle'
  | 'identifier'
  | 'git-object'
  | 'number'
  | 'namespace'

export function accept(value: string): Recognition {
  return { ok: true, value }
}

export function refuse(code: RefusalCode, reason: string, fix: string): Refusal {
  return { ok: false, code, reason, fix }
}
