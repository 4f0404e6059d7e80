import type { DatasetRow, Reader } from '../dataset.ts'
import type { PackageFiles } from '../package-files.ts'

/** Domain → { wildcard }: with a wildcard, every name below the domain is disposable too. */
export const disposableDomains: Reader = {
  packages: ['disposable-email-domains'],
  revision: 1,
  keyType: 'suffix',
  read,
}

function* read(files: PackageFiles): Generator<DatasetRow> {
  const wildcards = new Set(files.json('disposable-email-domains', 'wildcard.json') as string[])
  for (const key of wildcards) yield { key, value: { wildcard: true } }
  for (const key of files.json('disposable-email-domains', 'index.json') as string[]) {
    if (!wildcards.has(key)) yield { key, value: { wildcard: false } }
  }
}
