/**
 * Whom an address stands for: itself, or for IPv6 its /64, which one household or host has all of.
 * An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is that IPv4 address.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]!
  if (!address.includes(':')) return address.slice(0, 64)
  const [before = '', after] = address.split('%', 1)[0]!.toLowerCase().split('::', 2)
  const first = before === '' ? [] : before.split(':')
  const last = after ? after.split(':') : []
  const zeros = after === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  const groups = [...first, ...zeros, ...last].map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.slice(0, 4).join(':').slice(0, 60)}::/64`
}
