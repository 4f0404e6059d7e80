import type { DatasetRow, Reader } from '../dataset.ts'
import type { PackageFiles } from '../package-files.ts'

/**
 * First 6, 7 or 9 hexadecimal digits of a MAC address in lower case, no separators → { name, address }.
 * Source: the IEEE registries MA-L, MA-M and MA-S, packed by oui-data.
 */
export const macVendors: Reader = { packages: ['oui-data'], revision: 1, keyType: 'exact', read }

function* read(files: PackageFiles): Generator<DatasetRow> {
  for (const [prefix, text] of Object.entries(files.json('oui-data', 'index.json') as Record<string, string>)) {
    const [name = '', ...address] = text.split('\n')
    yield { key: prefix.toLowerCase(), value: { name, address: address.join(', ') } }
  }
}
