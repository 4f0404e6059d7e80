// IANA "Special-Purpose Autonomous System (AS) Numbers" (RFC 7249) and the ranges of the AS number registry.
// first, last, class, RFC
const ranges = [
  [0, 0, 'reserved: not announced by anyone', 'RFC 7607'],
  [112, 112, 'AS112: sink for misdirected reverse look-ups', 'RFC 7534'],
  [23456, 23456, 'AS_TRANS: stands for a 32-bit number', 'RFC 6793'],
  [64496, 64511, 'documentation', 'RFC 5398'],
  [64512, 65534, 'private use', 'RFC 6996'],
  [65535, 65535, 'reserved', 'RFC 7300'],
  [65536, 65551, 'documentation', 'RFC 5398'],
  [65552, 131071, 'reserved by IANA', 'RFC 7249'],
  [4200000000, 4294967294, 'private use', 'RFC 6996'],
  [4294967295, 4294967295, 'reserved', 'RFC 7300'],
]

export async function fetchData(indicator) {
  const number = Number(indicator.value.slice(2))
  const range = ranges.find(([first, last]) => number >= first && number <= last)
  const className = range ? range[2] : 'public'
  const facts = [
    { name: 'number', value: number },
    { name: 'class', value: className },
    { name: 'width', value: number < 65536 ? '16 bits' : '32 bits' },
  ]
  if (range) facts.push({ name: 'standard', value: range[3] })
  return {
    summary: range ? `No public AS number: ${className}` : `Public ${number < 65536 ? '16' : '32'}-bit AS number`,
    facts,
    tags: range && number !== 112 ? ['not-public'] : [],
    links: range ? [] : [{ title: 'Registration data', url: `https://rdap.org/autnum/${number}` }],
  }
}
