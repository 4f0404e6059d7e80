export { canonicalize } from './recognize.ts'
export { classifyAddress } from './classify-address.ts'
export type { AddressClass, AddressScope } from './classify-address.ts'
export { defang } from './defang.ts'
export { detectIndicator } from './detect-indicator.ts'
export type { Detection } from './detect-indicator.ts'
export { domainParts } from './recognition/domain-name.ts'
export type { DomainParts } from './recognition/domain-name.ts'
export { extractIndicators } from './extraction/extract-indicators.ts'
export type {
  ExtractedIndicator,
  Extraction,
  ExtractionOptions,
  IndicatorSpan,
  RejectedCandidate,
} from './extraction/extraction.ts'
export { hostOf, lookupKeys } from './lookup-keys.ts'
export type { LookupKeys } from './lookup-keys.ts'
export { INDICATOR_KINDS, isIndicatorKind, kinds } from './kinds.ts'
export type { Indicator, IndicatorKind, KindDescription } from './kinds.ts'
export { refang } from './extraction/refang.ts'
export type { RefusalCode } from './recognition/recognition.ts'
