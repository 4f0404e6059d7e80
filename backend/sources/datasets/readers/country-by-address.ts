import type { DatasetRow, Reader } from '../dataset.ts'
import type { PackageFiles } from '../package-files.ts'
import { readRanges } from './csv-ranges.ts'

type Country = { code: string; name: string; continent: string }

/** Network → { code, name, continent }: the country in which the holder of the network is registered, not where a machine stands. */
export const countryByAddress: Reader = {
  packages: ['@ip-location-db/asn-country', 'countries-list'],
  revision: 1,
  keyType: 'cidr',
  read,
}

function* read(files: PackageFiles): Generator<DatasetRow> {
  const countries = files.json('countries-list', 'countries.min.json') as Record<
    string,
    { name: string; continent: string }
  >
  const continents = files.json('countries-list', 'continents.min.json') as Record<string, string>
  const values = new Map<string, Country>()
  for (const [code, { name, continent }] of Object.entries(countries)) {
    values.set(code, { code, name, continent: continents[continent] ?? continent })
  }
  for (const family of [4, 6] as const) {
    for (const { cidr, rest } of readRanges(
      files.text('@ip-location-db/asn-country', `asn-country-ipv${family}-num.csv`),
      family,
    )) {
      yield { key: cidr, value: values.get(rest) ?? { code: rest, name: rest, continent: '' } }
    }
  }
}
