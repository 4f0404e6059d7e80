const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64_VALUES = new Map([...BASE64].map((character, value) => [character, value]))

/** UTF-8 only, like the web's. Lone surrogates become U+FFFD. */
class TextEncoder {
  get encoding() {
    return 'utf-8'
  }
  encode(text = '') {
    const bytes = []
    for (const character of String(text)) {
      let code = character.codePointAt(0)
      if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd
      if (code < 0x80) bytes.push(code)
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    }
    return new Uint8Array(bytes)
  }
}

/** utf-8 and latin1 (windows-1252 is not told apart). Not streaming. */
class TextDecoder {
  #latin1
  #fatal
  constructor(label = 'utf-8', options) {
    const name = String(label).trim().toLowerCase()
    if (!['utf-8', 'utf8', 'latin1', 'iso-8859-1', 'ascii', 'us-ascii'].includes(name))
      throw new RangeError(`TextDecoder: "${name}" is not supported`)
    this.#latin1 = !name.startsWith('utf')
    this.#fatal = Boolean(options?.fatal)
  }
  get encoding() {
    return this.#latin1 ? 'windows-1252' : 'utf-8'
  }
  decode(input = new Uint8Array()) {
    const bytes =
      input instanceof ArrayBuffer
        ? new Uint8Array(input)
        : new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    if (this.#latin1) return fromCodes(bytes)
    return decodeUtf8(bytes, this.#fatal)
  }
}

const fromCodes = (codes) => {
  let text = ''
  for (let at = 0; at < codes.length; at += 8192) text += String.fromCharCode.apply(null, codes.subarray(at, at + 8192))
  return text
}

/** The maximal-subpart rule of the Unicode standard: one U+FFFD for each broken sequence. */
const decodeUtf8 = (bytes, fatal) => {
  const units = new Uint16Array(bytes.length + 1)
  let length = 0
  let at = bytes.length > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length) {
    const first = bytes[at++]
    if (first < 0x80) {
      units[length++] = first
      continue
    }
    const more =
      first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0
    let code = more === 1 ? first & 31 : more === 2 ? first & 15 : first & 7
    let low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    let high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    let taken = 0
    while (taken < more && at < bytes.length && bytes[at] >= low && bytes[at] <= high) {
      code = (code << 6) | (bytes[at++] & 63)
      low = 0x80
      high = 0xbf
      taken += 1
    }
    if (more === 0 || taken < more) {
      if (fatal) throw new TypeError('The bytes are not UTF-8')
      units[length++] = 0xfffd
    } else if (code >= 0x10000) {
      units[length++] = 0xd7c0 + (code >> 10)
      units[length++] = 0xdc00 | (code & 1023)
    } else units[length++] = code
  }
  return fromCodes(units.subarray(0, length))
}

function btoa(text) {
  const source = String(text)
  let out = ''
  for (let at = 0; at < source.length; at += 3) {
    const codes = [source.charCodeAt(at), source.charCodeAt(at + 1), source.charCodeAt(at + 2)]
    if (codes.some((code) => code > 255)) throw new RangeError('btoa: a character is outside Latin-1')
    const left = source.length - at
    out += BASE64[codes[0] >> 2] + BASE64[((codes[0] & 3) << 4) | (codes[1] >> 4)]
    out += left > 1 ? BASE64[((codes[1] & 15) << 2) | (codes[2] >> 6)] : '='
    out += left > 2 ? BASE64[codes[2] & 63] : '='
  }
  return out
}

function atob(text) {
  let source = String(text).replace(/[\t\n\f\r ]+/g, '')
  if (source.length % 4 === 0) source = source.replace(/==?$/, '')
  if (source.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(source)) throw new RangeError('atob: the text is not base64')
  let out = ''
  let bits = 0
  let held = 0
  for (const character of source) {
    bits = ((bits << 6) | BASE64_VALUES.get(character)) & 0xfff
    held += 6
    if (held >= 8) {
      held -= 8
      out += String.fromCharCode((bits >> held) & 255)
    }
  }
  return out
}

const bytesOfBase64 = (text) => {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** Bytes that a string takes in UTF-8. */
const utf8Length = (text) => {
  let length = text.length
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= 0x800) length += code >= 0xd800 && code <= 0xdbff ? 1 : code >= 0xdc00 && code <= 0xdfff ? 1 : 2
    else if (code >= 0x80) length += 1
  }
  return length
}

/** Whether a string takes more bytes in UTF-8; most are not even looked at. */
const isLonger = (text, bytes) => text.length > bytes || (text.length * 3 > bytes && utf8Length(text) > bytes)
