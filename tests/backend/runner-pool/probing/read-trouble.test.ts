import { status } from '@grpc/grpc-js'
import { expect, it } from 'vitest'
import { readTrouble } from '../../../../backend/runner-pool/probing/read-trouble.ts'

const lastError = (text: string) => `No connection established. Last error: ${text}. Resolution note: `

it.each([
  ['silent', status.DEADLINE_EXCEEDED, 'Deadline exceeded after 1.001s,Waiting for LB pick', 'within 700 ms'],
  ['wrong-token', status.UNAUTHENTICATED, 'no', 'INDAG_RUNNER_TOKEN'],
  ['wrong-token', status.PERMISSION_DENIED, 'no', 'INDAG_RUNNER_TOKEN'],
  ['not-a-runner', status.UNIMPLEMENTED, 'Received HTTP status code 404', 'INDAG_RUNNERS'],
  ['not-a-runner', status.INTERNAL, 'Received RST_STREAM with code 0', 'INTERNAL: Received RST_STREAM'],
  ['not-a-runner', status.RESOURCE_EXHAUSTED, 'Received message larger than max (1701604463 vs 1)', 'larger than max'],
  ['failing', status.ABORTED, 'The runner failed to handle the call', 'ABORTED when asked how it is'],
  ['not-a-runner', status.UNAVAILABLE, lastError('Protocol error (2026-11-21T10:56:45.708Z)'), 'gRPC'],
  ['not-a-runner', status.UNAVAILABLE, lastError('Failed to connect (2026-11-21T10:56:45.708Z)'), 'gRPC'],
  [
    'not-a-runner',
    status.UNAVAILABLE,
    lastError('Error: 40FD:error:0A00010B:SSL routines::wrong version number'),
    'TLS',
  ],
  ['wrong-certificate', status.UNAVAILABLE, lastError('Error: self-signed certificate'), 'self-signed certificate.'],
  ['wrong-certificate', status.UNAVAILABLE, lastError('40FD:error:tlsv13 alert certificate required'), 'one authority'],
  [
    'unreachable',
    status.UNAVAILABLE,
    lastError('Error: connect ECONNREFUSED 127.0.0.1:1'),
    'It cannot be reached: connect ECONNREFUSED 127.0.0.1:1. Start it',
  ],
  ['unreachable', status.UNAVAILABLE, 'Name resolution failed for target dns:nosuch:1', 'Name resolution failed'],
])('reads %s from status %i, %s', (trouble, code, details, words) => {
  expect(readTrouble({ code, details }, 700)).toEqual({ trouble, detail: expect.stringContaining(words) })
})
