import { expect, test } from 'vitest'
import type * as Backend from '../../backend/app/api.ts'
import type { AsJson } from '../support/as-json.ts'
import type * as Client from '../../cli/api/shapes.ts'

// Checked by `npm run types`: what the backend answers must fit the parts that the command line shows.
const answers = {
  request: (answer: AsJson<Backend.RequestView>): Client.RequestView => answer,
  extraction: (answer: AsJson<Backend.Extraction>): Client.Extraction => answer,
  source: (answer: AsJson<Backend.SourceView>): Client.SourceView => answer,
  runner: (answer: AsJson<Backend.RunnerAnswer>): Client.RunnerView => answer,
  problem: (answer: AsJson<Backend.Problem>): Client.Problem => answer,
}

test('backend and command line speak in the same shapes', () => {
  expect(Object.keys(answers)).toHaveLength(5)
})
