/** The door of the conformance suite: everything that the contract promises, asked of a runner at an address. */
export { allChecks } from './checks/all-checks.ts'
export { isConformant, NotVerifiable, verifyRunner } from './verify-runner.ts'
export type { Verdict, VerifyOptions } from './verify-runner.ts'
export type { Check, CheckResult, GuideSection } from './check.ts'
export { FIXTURE_NAMES } from './fixtures/fixture-names.ts'
