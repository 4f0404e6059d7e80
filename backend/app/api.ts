/** What clients need to know of the backend: types of the API's answers, and nothing else. */
export type { Problem } from '../foundation/index.ts'
export type { RequestView, RowView } from '../enrichment/index.ts'
