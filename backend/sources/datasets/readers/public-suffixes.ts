import type { DatasetRow, Reader } from '../dataset.ts'
import type { PackageFiles } from '../package-files.ts'

/** The flat trie that tldts ships: node n has the edges edgeStart[n] to edgeStart[n + 1], each with a label and a child node. */
type Trie = {
  nodeFlags: Uint8Array
  edgeStart: Uint16Array
  edgeLength: Uint8Array
  edgeChild: Uint16Array
  labelText: string
  rulesRoot: number
  exceptionsRoot: number
}

/** `suffix`: the key itself is a public suffix; `wildcard`: each name right below it is one; `exception`: it is not, against a wildcard. */
type Rule = { suffix?: true; wildcard?: true; exception?: true; section: 'icann' | 'private' }

/** Name → Rule of the Public Suffix List (publicsuffix.org, MPL-2.0), read out of tldts. Names are in punycode. */
export const publicSuffixes: Reader = { packages: ['tldts'], revision: 1, keyType: 'suffix', read }

async function read(files: PackageFiles): Promise<Iterable<DatasetRow>> {
  const trie = (await files.module('tldts', 'dist/es6/src/data/trie.js')) as unknown as Trie
  const rules = new Map<string, Rule>()
  for (const { name, section } of walk(trie, trie.rulesRoot)) {
    const wildcard = name.startsWith('*.')
    const key = wildcard ? name.slice(2) : name
    rules.set(key, { section, ...rules.get(key), ...(wildcard ? { wildcard: true } : { suffix: true }) })
  }
  for (const { name, section } of walk(trie, trie.exceptionsRoot)) rules.set(name, { exception: true, section })
  return Array.from(rules, ([key, value]) => ({ key, value }))
}

function* walk(trie: Trie, root: number): Generator<{ name: string; section: 'icann' | 'private' }> {
  const offsets = labelOffsets(trie)
  const open: { node: number; name: string }[] = [{ node: root, name: '' }]
  for (let at = open.pop(); at; at = open.pop()) {
    const flags = trie.nodeFlags[at.node] ?? 0
    // The list names each international suffix in Unicode and in punycode: our canonical names are punycode.
    if (at.name !== '' && flags !== 0 && isAscii(at.name))
      yield { name: at.name, section: flags & 2 ? 'private' : 'icann' }
    for (let edge = trie.edgeStart[at.node] ?? 0; edge < (trie.edgeStart[at.node + 1] ?? 0); edge++) {
      const offset = offsets[edge] ?? 0
      const label = trie.labelText.slice(offset, offset + (trie.edgeLength[edge] ?? 0))
      open.push({ node: trie.edgeChild[edge] ?? 0, name: at.name === '' ? label : `${label}.${at.name}` })
    }
  }
}

/** Where each edge's label starts: the labels stand one after the other. */
function labelOffsets(trie: Trie): number[] {
  let offset = 0
  return Array.from(trie.edgeLength, (length) => (offset += length) - length)
}

function isAscii(name: string): boolean {
  return Buffer.byteLength(name) === name.length
}
