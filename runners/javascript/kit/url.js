// The part of the WHATWG URL standard that web addresses need. Security does not rest on it: the host parses every address again.
const SPECIAL_PORTS = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21' }
const PATH_SET = /[^\x21\x24-\x3b\x3d\x40-\x5d\x5f\x61-\x7a\x7c\x7e%]/gu
const QUERY_SET = /[^\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e%]/gu
const OPAQUE_QUERY_SET = /[^\x21\x24-\x3b\x3d\x3f-\x7e%]/gu
const HASH_SET = /[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7e%]/gu
const USER_SET = /[^\x21\x24-\x2e\x30-\x39\x41-\x5a\x5f\x61-\x7a\x7e%]/gu

const percent = (character) => {
  let out = ''
  for (const byte of new TextEncoder().encode(character))
    out += `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`
  return out
}
const percentDecode = (text) => {
  if (!text.includes('%')) return text
  const bytes = []
  const source = new TextEncoder().encode(text)
  for (let at = 0; at < source.length; at += 1) {
    const pair = source[at] === 37 ? String.fromCharCode(source[at + 1], source[at + 2]) : ''
    if (/^[0-9a-f]{2}$/i.test(pair)) {
      bytes.push(parseInt(pair, 16))
      at += 2
    } else bytes.push(source[at])
  }
  return decodeUtf8(new Uint8Array(bytes), false)
}

const ipv4Number = (part) => {
  if (/^0[xX][0-9a-fA-F]*$/.test(part)) return part.length === 2 ? 0 : parseInt(part.slice(2), 16)
  if (/^0[0-7]+$/.test(part)) return parseInt(part, 8)
  return /^[0-9]+$/.test(part) && !/^0./.test(part) ? Number(part) : undefined
}
/** Dotted text, undefined when the host is no number at all, null when it is a wrong one. */
const ipv4 = (host) => {
  const parts = host.split('.')
  if (parts.at(-1) === '' && parts.length > 1) parts.pop()
  const last = parts.at(-1)
  if (!/^[0-9]+$/.test(last) && ipv4Number(last) === undefined) return undefined
  const numbers = parts.map(ipv4Number)
  if (parts.length > 4 || numbers.includes(undefined) || numbers.slice(0, -1).some((number) => number > 255))
    return null
  if (numbers.at(-1) >= 256 ** (5 - numbers.length)) return null
  let value = numbers.at(-1)
  numbers.slice(0, -1).forEach((number, index) => (value += number * 256 ** (3 - index)))
  return [value / 2 ** 24, (value / 2 ** 16) % 256, (value / 256) % 256, value % 256].map(Math.floor).join('.')
}
const ipv6 = (text) => {
  let source = text
  const dotted = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(source)
  if (dotted) {
    const bytes = dotted[2].split('.').map(Number)
    if (bytes.some((byte) => byte > 255) || /(^|\.)0\d/.test(dotted[2])) return undefined
    source = `${dotted[1]}${((bytes[0] << 8) | bytes[1]).toString(16)}:${((bytes[2] << 8) | bytes[3]).toString(16)}`
  }
  const halves = source.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - groups.flat().length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = halves.length === 1 ? groups[0] : [...groups[0], ...new Array(missing).fill('0'), ...groups[1]]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return compressIpv6(all.map((group) => parseInt(group, 16)))
}
const compressIpv6 = (groups) => {
  let best = { at: -1, length: 1 }
  for (let at = 0; at < 8; at += 1) {
    let end = at
    while (end < 8 && groups[end] === 0) end += 1
    if (end - at > best.length) best = { at, length: end - at }
    if (end > at) at = end
  }
  const hex = groups.map((group) => group.toString(16))
  if (best.at < 0) return hex.join(':')
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`
}
const parseHost = (text, special) => {
  if (text.startsWith('[')) {
    const address = text.endsWith(']') ? ipv6(text.slice(1, -1)) : undefined
    return address === undefined ? undefined : `[${address}]`
  }
  if (!special) return /[\0\t\n\r #/:<>?@[\\\]^|]/.test(text) ? undefined : text.replace(/[^\x21-\x7e]/gu, percent)
  const host = toAsciiHost(percentDecode(text))
  if (host === undefined || host === '') return undefined
  const address = ipv4(host)
  return address === null ? undefined : (address ?? host)
}

const removeDots = (path) => {
  const out = []
  const segments = path.split('/')
  segments.forEach((segment, index) => {
    const plain = segment.replace(/%2e/gi, '.')
    if (plain === '..') out.pop()
    else if (plain !== '.') out.push(segment)
    if ((plain === '.' || plain === '..') && index === segments.length - 1) out.push('')
  })
  return `/${out.join('/')}`
}

/** The record of an absolute or, with a base, a relative address; undefined when it is not one. */
const parseUrl = (input, base) => {
  let text = input.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[\t\n\r]/g, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]
  const url = {
    protocol: '',
    username: '',
    password: '',
    hostname: null,
    port: '',
    pathname: '',
    search: '',
    hash: '',
    opaque: false,
  }
  const hashAt = text.indexOf('#')
  if (hashAt >= 0) {
    url.hash = `#${text.slice(hashAt + 1).replace(HASH_SET, percent)}`
    text = text.slice(0, hashAt)
  }
  if (scheme) {
    url.protocol = `${scheme.toLowerCase()}:`
    text = text.slice(scheme.length + 1)
    const special = url.protocol in SPECIAL_PORTS
    if (special) {
      const relative = base && base.protocol === url.protocol && !/^[/\\]{2}/.test(text)
      return relative ? resolveRelative(url, text, base) : parseAuthority(url, text.replace(/^[/\\]*/, ''), true)
    }
    if (text.startsWith('//')) return parseAuthority(url, text.slice(2), false)
    url.opaque = !text.startsWith('/')
    return setPath(url, text, false)
  }
  if (!base || (base.opaque && text !== '')) return undefined
  return resolveRelative(url, text, base)
}

const resolveRelative = (url, text, base) => {
  url.protocol = base.protocol
  const special = url.protocol in SPECIAL_PORTS
  const slash = special ? /^[/\\]/ : /^\//
  if (special ? /^[/\\]{2}/.test(text) : text.startsWith('//'))
    return parseAuthority(url, special ? text.replace(/^[/\\]*/, '') : text.slice(2), special)
  for (const name of ['username', 'password', 'hostname', 'port']) url[name] = base[name]
  if (slash.test(text)) return setPath(url, text, special)
  const [path, query] = splitQuery(text)
  if (path === '') {
    url.pathname = base.pathname
    url.opaque = base.opaque
    url.search = query === undefined ? base.search : encodeQuery(query, special)
    return url
  }
  return setPath(url, base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1) + text, special)
}

const splitQuery = (text) => {
  const at = text.indexOf('?')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
// An empty query or fragment shows in the address, though not in `search` and `hash`.
const encodeQuery = (query, special) => `?${query.replace(special ? QUERY_SET : OPAQUE_QUERY_SET, percent)}`
const unlessBare = (text) => (text.length > 1 ? text : '')

const setPath = (url, text, special) => {
  const [path, query] = splitQuery(text)
  if (query !== undefined) url.search = encodeQuery(query, special)
  if (url.opaque) url.pathname = path.replace(/[^\x20-\x7e]/gu, percent)
  else {
    const slashed = special ? path.replaceAll('\\', '/') : path
    url.pathname = slashed === '' && !special ? '' : removeDots(slashed.replace(/^\//, '').replace(PATH_SET, percent))
  }
  return url
}

const parseAuthority = (url, text, special) => {
  const end = text.search(special ? /[/\\?]/ : /[/?]/)
  const authority = end < 0 ? text : text.slice(0, end)
  const at = authority.lastIndexOf('@')
  if (at >= 0) {
    const user = authority.slice(0, at)
    const colon = user.indexOf(':')
    url.username = (colon < 0 ? user : user.slice(0, colon)).replace(USER_SET, percent)
    if (colon >= 0) url.password = user.slice(colon + 1).replace(USER_SET, percent)
  }
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority.slice(at + 1))
  if (!match || Number(match[2] ?? 0) > 65535) return undefined
  if (match[1] === '' && (special || match[2] !== undefined || at >= 0)) return undefined
  const host = match[1] === '' ? '' : parseHost(match[1], special)
  if (host === undefined) return undefined
  url.hostname = host
  const port = match[2] ? String(Number(match[2])) : ''
  url.port = port === SPECIAL_PORTS[url.protocol] ? '' : port
  return setPath(url, end < 0 ? '' : text.slice(end), special)
}

class URL {
  #url
  #params
  constructor(input, base) {
    const parsedBase = base === undefined ? undefined : parseUrl(String(base))
    if (base !== undefined && !parsedBase) throw new TypeError('Invalid base URL')
    const parsed = parseUrl(String(input), parsedBase)
    if (!parsed) throw new TypeError(`Invalid URL: ${String(input).slice(0, 200)}`)
    this.#url = parsed
  }
  static canParse(input, base) {
    return URL.parse(input, base) !== null
  }
  static parse(input, base) {
    try {
      return new URL(input, base)
    } catch {
      return null
    }
  }
  get protocol() {
    return this.#url.protocol
  }
  get username() {
    return this.#url.username
  }
  get password() {
    return this.#url.password
  }
  get hostname() {
    return this.#url.hostname ?? ''
  }
  get port() {
    return this.#url.port
  }
  get host() {
    return this.hostname + (this.port && `:${this.port}`)
  }
  get origin() {
    return this.protocol in SPECIAL_PORTS ? `${this.protocol}//${this.host}` : 'null'
  }
  get pathname() {
    return this.#url.pathname
  }
  set pathname(value) {
    const { search } = this.#url
    setPath(this.#url, String(value).replaceAll('?', '%3F').replaceAll('#', '%23'), this.protocol in SPECIAL_PORTS)
    this.#url.search = search
  }
  get search() {
    return unlessBare(this.#url.search)
  }
  set search(value) {
    const text = String(value).replace(/^\?/, '')
    this.#url.search = text && encodeQuery(text.replaceAll('#', '%23'), this.protocol in SPECIAL_PORTS)
    this.#params = undefined
  }
  get hash() {
    return unlessBare(this.#url.hash)
  }
  set hash(value) {
    const text = String(value).replace(/^#/, '').replace(HASH_SET, percent)
    this.#url.hash = text && `#${text}`
  }
  get searchParams() {
    this.#params ??= new URLSearchParams(this.search, (text) => (this.#url.search = text && `?${text}`))
    return this.#params
  }
  get href() {
    const { protocol, username, password, hostname, pathname, search, hash } = this.#url
    const user = username || password ? `${username}${password && `:${password}`}@` : ''
    return protocol + (hostname === null ? '' : `//${user}${this.host}`) + pathname + search + hash
  }
  toString() {
    return this.href
  }
  toJSON() {
    return this.href
  }
}

const formEncode = (text) =>
  text
    .toWellFormed()
    .replace(/[^A-Za-z0-9*\-._ ]/gu, percent)
    .replaceAll(' ', '+')
const formDecode = (text) => percentDecode(text.replaceAll('+', ' '))

class URLSearchParams {
  #pairs
  #onChange
  constructor(init = '', onChange = undefined) {
    this.#onChange = onChange
    if (typeof init === 'object' && init !== null) {
      const pairs = typeof init[Symbol.iterator] === 'function' ? [...init] : Object.entries(init)
      this.#pairs = pairs.map(([name, value]) => [String(name), String(value)])
    } else {
      const parts = String(init)
        .replace(/^\?/, '')
        .split('&')
        .filter((part) => part !== '')
      this.#pairs = parts.map((part) => {
        const at = part.indexOf('=')
        return at < 0 ? [formDecode(part), ''] : [formDecode(part.slice(0, at)), formDecode(part.slice(at + 1))]
      })
    }
  }
  #changed() {
    this.#onChange?.(this.toString())
  }
  get size() {
    return this.#pairs.length
  }
  get(name) {
    return this.#pairs.find(([each]) => each === String(name))?.[1] ?? null
  }
  getAll(name) {
    return this.#pairs.filter(([each]) => each === String(name)).map(([, value]) => value)
  }
  has(name) {
    return this.#pairs.some(([each]) => each === String(name))
  }
  append(name, value) {
    this.#pairs.push([String(name), String(value)])
    this.#changed()
  }
  set(name, value) {
    const at = this.#pairs.findIndex(([each]) => each === String(name))
    if (at < 0) return this.append(name, value)
    this.#pairs = this.#pairs.filter(([each], index) => each !== String(name) || index === at)
    this.#pairs[at] = [String(name), String(value)]
    this.#changed()
  }
  delete(name) {
    this.#pairs = this.#pairs.filter(([each]) => each !== String(name))
    this.#changed()
  }
  sort() {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    this.#changed()
  }
  keys() {
    return this.#pairs.map(([name]) => name)[Symbol.iterator]()
  }
  values() {
    return this.#pairs.map(([, value]) => value)[Symbol.iterator]()
  }
  entries() {
    return this.#pairs.map(([name, value]) => [name, value])[Symbol.iterator]()
  }
  forEach(each) {
    for (const [name, value] of this.#pairs) each(value, name, this)
  }
  [Symbol.iterator]() {
    return this.entries()
  }
  toString() {
    return this.#pairs.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join('&')
  }
}
