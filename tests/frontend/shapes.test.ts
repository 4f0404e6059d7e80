import { expect, test } from 'vitest'
import type * as Backend from '../../backend/app/api.ts'
import type { AsJson } from '../support/as-json.ts'
import type * as Client from '../../frontend/src/api/types.ts'

// Checked by `npm run types`: what the backend answers must fit the shapes that the client reads,
// and what the client sends must fit what the backend takes.
const answers = {
  request: (answer: AsJson<Backend.RequestView>): Client.RequestView => answer,
  row: (answer: AsJson<Backend.RowView>): Client.Row => answer,
  extraction: (answer: AsJson<Backend.Extraction>): Client.Extraction => answer,
  preview: (answer: AsJson<Backend.Preview>): Client.Preview => answer,
  history: (answer: AsJson<Backend.RequestList>): Client.Page<Client.RequestSummary> => answer,
  source: (answer: AsJson<Backend.SourceView>): Client.SourceView => answer,
  // Examples are the source's own and shown as they are.
  sourceDetail: (answer: AsJson<Backend.SourceDetail>): Omit<Client.SourceDetail, 'examples'> => answer,
  runner: (answer: AsJson<Backend.RunnerAnswer>): Client.RunnerView => answer,
  problem: (answer: AsJson<Backend.Problem>): Client.Problem => answer,
}
const questions = { request: (body: Client.RequestBody): Backend.NewRequest => body }

test('backend and client speak in the same shapes', () => {
  expect(Object.keys(answers)).toHaveLength(9)
  expect(Object.keys(questions)).toHaveLength(1)
})
