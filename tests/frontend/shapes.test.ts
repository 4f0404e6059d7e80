import { expect, test } from 'vitest'
import type * as Backend from '../../backend/app/api.ts'
import type * as Client from '../../frontend/src/api/types.ts'

// Checked by `npm run types`: what the backend answers must fit the shapes that the client reads.
const readRequest = (answer: Backend.RequestView): Client.RequestView => answer
const readRow = (answer: Backend.RowView): Client.Row => answer

test('the backend answers in the shapes that the client reads', () => {
  expect([readRequest, readRow]).toHaveLength(2)
})
