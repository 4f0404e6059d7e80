import type { DatasetRow, Reader } from '../dataset.ts'
import type { PackageFiles } from '../package-files.ts'
import { readRanges, unquote } from './csv-ranges.ts'

/** Network → { asn, organization }. Source: RouteViews, NRO and DB-IP, merged by ip-location-db. */
export const asnByAddress: Reader = { packages: ['@ip-location-db/asn'], revision: 1, keyType: 'cidr', read }

function* read(files: PackageFiles): Generator<DatasetRow> {
  for (const family of [4, 6] as const) {
    const csv = files.text('@ip-location-db/asn', `asn-ipv${family}-num.csv`)
    let lastRest = ''
    let value: { asn: number; organization: string } | undefined
    for (const { cidr, rest } of readRanges(csv, family)) {
      // The networks of one range share one value object, which saves the writer most of its JSON work.
      if (!value || rest !== lastRest) value = parseOwner(rest)
      lastRest = rest
      yield { key: cidr, value }
    }
  }
}

export function parseOwner(rest: string): { asn: number; organization: string } {
  const comma = rest.indexOf(',')
  return { asn: Number(rest.slice(0, comma)), organization: unquote(rest.slice(comma + 1)) }
}
