export { openSources } from './open-sources.ts'
export type { Sources, SourcesOptions } from './sources.ts'
export type { DatasetState, DatasetsHole } from './datasets-hole.ts'
export {
  paps,
  tlps,
  type DatasetManifest,
  type Exposure,
  type Limit,
  type Pap,
  type Reliability,
  type SourceSnapshot,
  type Tlp,
  type Window,
} from './source.ts'
export { secretCares } from './notifications/judge-secrets.ts'
export type { Reason } from './readiness.ts'
export type { IgnoreMatch } from './ignore-lists/ignore-entry.ts'
export { windowSeconds } from './quotas/open-quotas.ts'
export type { Quotas, Reservation, WindowUsage } from './quotas/quota.ts'
export { CatalogBroken, type CatalogChange } from './catalog/sync-catalog.ts'
export { parseManifest, type Manifest } from './catalog/manifest.ts'
export { openDatasets, type Datasets } from './datasets/index.ts'
export type { RunnerAnswer, SourceDetail, SourceView } from './routes/schemas.ts'
