/** What clients need to know of the backend: types of the API's questions and answers, and nothing else. */
export type { Extraction, NewRequest, Preview, RequestList, RequestView, RowView } from '../enrichment/index.ts'
export type { Problem } from '../foundation/index.ts'
export type { RunnerAnswer, SourceDetail, SourceView } from '../sources/index.ts'
