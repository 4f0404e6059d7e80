// Adds up what .ci/run left in a folder: <name>.code for each step, and <name>.json for those that are runs of vitest.
// Prints "N passed, N failed" as the last line; exit code 1 when anything failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const folder = process.argv[2]
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.code'))
  .map((name) => name.slice(0, -'.code'.length))
let passed = 0
let failed = 0
for (const name of names.sort()) {
  const count = countStep(name)
  passed += count.passed
  failed += count.failed
  if (count.failed > 0) console.log(`FAILED  ${name}: ${count.failed}`)
  for (const line of count.why) console.log(`  ${line}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0

function countStep(name) {
  const isGood = readFileSync(join(folder, `${name}.code`), 'utf8').trim() === '0'
  const report = join(folder, `${name}.json`)
  if (!existsSync(report)) {
    return isGood && !isVitest(name) ? { passed: 1, failed: 0, why: [] } : { passed: 0, failed: 1, why: [] }
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that cannot be loaded has no failed test, only a failed status.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const counted = numFailedTests + broken.length
  return { passed: numPassedTests, failed: counted === 0 && !isGood ? 1 : counted, why: whyFailed(testResults) }
}

// At the end of the output, where it is looked for: which tests failed, and the first words of why.
function whyFailed(testResults) {
  return testResults.flatMap((file) => {
    const failed = file.assertionResults.filter((test) => test.status === 'failed')
    const place = relative(process.cwd(), file.name)
    if (failed.length === 0) return file.status === 'failed' ? [`${place}: ${firstLines(file.message)}`] : []
    return failed.map((test) => `${place} > ${test.fullName}: ${firstLines(test.failureMessages?.join('\n'))}`)
  })
}

function firstLines(text) {
  return (text ?? '').split('\n').slice(0, 6).join(' | ').slice(0, 600)
}

function isVitest(name) {
  return name === 'tests' || name === 'browser'
}
