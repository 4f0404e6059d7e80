import { createHash } from 'node:crypto'

const SENTENCES = [
  'The campaign was first observed by our analysts in the spring and has since been linked to several intrusions in the energy sector.',
  'After the initial compromise, the operators spend a few days on reconnaissance before they move to other hosts with stolen credentials.',
  'The loader is packed, checks for debuggers and virtual machines, and then decrypts its configuration with a simple XOR key.',
  'Victims receive a mail with a link to what looks like an invoice; the archive contains a shortcut file which starts PowerShell.',
  'We recommend that defenders look for the listed artefacts, reset passwords, and review the logs of their mail gateways (see below).',
  'Overlaps in code and infrastructure, e.g. the reuse of certificates, suggest with moderate confidence that one group is responsible.',
  'Version 2.4.1 of the tool adds a keylogger, a module for screenshots and better error handling; most strings are now encrypted.',
  'About 12.5% of the samples, i.e. one in eight, were signed with a certificate that had been revoked on 2023-04-11 at 10:15:00.',
]

/**
 * A threat report in prose with a table of indicators at its end, the same for the same size: about one indicator in
 * 300 characters, defanged as people do. `sizeBytes` is met within one section (ASCII only: a byte a character).
 */
export function writeArticle(sizeBytes: number): string {
  const parts: string[] = ['# Analysis of an intrusion set\n']
  let length = 0
  for (let section = 0; length < sizeBytes; section++) {
    const text = section % 6 === 5 ? writeTable(section) : writeParagraph(section)
    parts.push(text)
    length += text.length
  }
  return parts.join('').slice(0, sizeBytes)
}

function writeParagraph(section: number): string {
  const sentences = [0, 1, 2, 3, 4].map((i) => SENTENCES[(section * 3 + i) % SENTENCES.length])
  const host = `${nameOf(section, 9)}.${['com', 'net', 'ru', 'top', 'info'][section % 5]}`
  return `${sentences.join(' ')} In this phase the host ${host.replace('.', '[.]')} (${addressOf(section)}) served hxxps://${host.replace('.', '[.]')}/${nameOf(section + 7, 5)}/gate.php?id=${section}, and the file C:\\Users\\Public\\${nameOf(section, 6)}.exe was written.\n\n`
}

function writeTable(section: number): string {
  const rows = [1, 2, 3].map(
    (row) => `${digest('md5', section + row)}  ${digest('sha256', section + row)}  ${nameOf(section + row, 7)}.dll`,
  )
  return `Indicators\n${rows.join('\n')}\n${addressOf(section + 1).replace('.', '[.]')}\nadmin@${nameOf(section, 8)}.org\nCVE-2023-${10000 + (section % 9000)}\n\n`
}

function addressOf(seed: number): string {
  const bytes = createHash('md5').update(`address ${seed}`).digest()
  return `${(bytes[0]! % 200) + 20}.${bytes[1]!}.${bytes[2]!}.${bytes[3]!}`
}

function nameOf(seed: number, length: number): string {
  return digest('sha1', seed)
    .replace(/\d/g, (digit) => String.fromCharCode(103 + Number(digit)))
    .slice(0, length)
}

function digest(algorithm: string, seed: number): string {
  return createHash(algorithm).update(`article ${seed}`).digest('hex')
}
