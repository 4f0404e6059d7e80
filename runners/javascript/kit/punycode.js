// RFC 3492, encoding only: what a host name with letters beyond ASCII needs.
const punycode = (label) => {
  const points = [...label].map((character) => character.codePointAt(0))
  const basic = points.filter((point) => point < 0x80)
  let out = String.fromCharCode(...basic)
  let handled = basic.length
  if (handled > 0) out += '-'
  let next = 0x80
  let delta = 0
  let bias = 72
  while (handled < points.length) {
    const least = Math.min(...points.filter((point) => point >= next))
    delta += (least - next) * (handled + 1)
    next = least
    for (const point of points) {
      if (point < next) delta += 1
      if (point !== next) continue
      let rest = delta
      for (let base = 36; ; base += 36) {
        const threshold = base <= bias ? 1 : base >= bias + 26 ? 26 : base - bias
        if (rest < threshold) break
        out += digit(threshold + ((rest - threshold) % (36 - threshold)))
        rest = Math.floor((rest - threshold) / (36 - threshold))
      }
      out += digit(rest)
      bias = adapt(delta, handled + 1, handled === basic.length)
      delta = 0
      handled += 1
    }
    delta += 1
    next += 1
  }
  return out
}
const digit = (value) => String.fromCharCode(value < 26 ? value + 97 : value + 22)
const adapt = (delta, count, first) => {
  let rest = first ? Math.floor(delta / 700) : delta >> 1
  rest += Math.floor(rest / count)
  let base = 0
  while (rest > 455) {
    rest = Math.floor(rest / 35)
    base += 36
  }
  return base + Math.floor((36 * rest) / (rest + 38))
}

/** A host name as DNS knows it; undefined when it has a character that no name has. */
const toAsciiHost = (text) => {
  const mapped = text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, '')
  const labels = mapped.split('.').map((label) => (/[^\0-\x7f]/.test(label) ? `xn--${punycode(label)}` : label))
  const host = labels.join('.')
  return /[\0-\x20#%/:<>?@[\\\]^|\x7f]/.test(host) ? undefined : host
}
