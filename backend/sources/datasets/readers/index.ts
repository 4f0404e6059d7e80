import type { Reader } from '../dataset.ts'
import { asnByAddress } from './asn-by-address.ts'
import { asnNames } from './asn-names.ts'
import { countryByAddress } from './country-by-address.ts'
import { disposableDomains } from './disposable-domains.ts'
import { macVendors } from './mac-vendors.ts'
import { publicSuffixes } from './public-suffixes.ts'

/** By the name that `dataset.origin.reader` of a source.json gives. */
export const readers: Record<string, Reader> = {
  'asn-by-address': asnByAddress,
  'asn-names': asnNames,
  'country-by-address': countryByAddress,
  'disposable-domains': disposableDomains,
  'mac-vendors': macVendors,
  'public-suffixes': publicSuffixes,
}
