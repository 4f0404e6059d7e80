import { describe, expect, test } from 'vitest'
import { judgeAdvisories } from '../../../scripts/dependencies/judge-advisories.ts'

const report = (vulnerabilities: object): string => JSON.stringify({ auditReportVersion: 2, vulnerabilities })
const of = (severity: string) => ({
  a: { severity, range: '<1.2.4', via: [{ title: 'Reads too far', url: 'https://example.org/GHSA-1' }, 'b'] },
})

test('no advisory is no fault', () => {
  expect(judgeAdvisories(report({}))).toEqual({ asked: true, faults: [] })
})

test.each(['high', 'critical'])('an advisory that is %s is a fault, told with its address', (severity) => {
  expect(judgeAdvisories(report(of(severity)))).toEqual({
    asked: true,
    faults: [`a <1.2.4 has an advisory (${severity}): Reads too far https://example.org/GHSA-1; through b`],
  })
})

test.each(['info', 'low', 'moderate'])('one that is %s is none', (severity) => {
  expect(judgeAdvisories(report(of(severity)))).toEqual({ asked: true, faults: [] })
})

describe('when nobody could tell, it is said so', () => {
  test('by a registry that does not answer that', () => {
    const message = '405 Method Not Allowed - POST https://registry.internal.test/-/npm/v1/security/advisories/bulk'
    expect(judgeAdvisories(JSON.stringify({ message, error: { summary: '' } }))).toEqual({
      asked: false,
      why: 'the registry answers 405 Method Not Allowed',
    })
  })

  test.each(['', 'not JSON', 'null', '{"message":"request to https://registry.internal.test failed, reason: x"}'])(
    'by what is no report: %s',
    (printed) => {
      expect(judgeAdvisories(printed)).toEqual({ asked: false, why: 'no registry answers' })
    },
  )
})
