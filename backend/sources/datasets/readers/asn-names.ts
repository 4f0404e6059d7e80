import type { DatasetRow, Reader } from '../dataset.ts'
import type { PackageFiles } from '../package-files.ts'
import { parseOwner } from './asn-by-address.ts'
import { eachLine } from './csv-ranges.ts'

type Network = { organization: string; ipv4Ranges: number; ipv6Ranges: number }

/** "AS13335" → { organization, ipv4Ranges, ipv6Ranges }, collected from the same files as asnByAddress. */
export const asnNames: Reader = { packages: ['@ip-location-db/asn'], revision: 1, keyType: 'exact', read }

function* read(files: PackageFiles): Generator<DatasetRow> {
  const networks = new Map<number, Network>()
  for (const family of [4, 6] as const) {
    for (const line of eachLine(files.text('@ip-location-db/asn', `asn-ipv${family}-num.csv`))) {
      const { asn, organization } = parseOwner(line.slice(line.indexOf(',', line.indexOf(',') + 1) + 1))
      const network = networks.get(asn) ?? { organization, ipv4Ranges: 0, ipv6Ranges: 0 }
      network[`ipv${family}Ranges`] += 1
      networks.set(asn, network)
    }
  }
  for (const [asn, value] of networks) yield { key: `AS${asn}`, value }
}
