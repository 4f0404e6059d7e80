// Adds up what .ci/run left in a folder: <name>.code for each step, <name>.json for those that are runs of vitest, <name>-again.json for
// the files of such a run that failed and were run a second time. `node .ci/count.mjs <folder>` prints "N passed, N failed" as the last
// line, exit code 1 when anything failed; `node .ci/count.mjs <folder> failed <name>` prints the failed files of one run, a line each.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const [folder, order, one] = process.argv.slice(2)
if (order === 'failed') for (const file of failedFiles(reportOf(one))) console.log(relative(process.cwd(), file.name))
else countAll()

function countAll() {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.code') && !name.endsWith('-again.code'))
    .map((name) => name.slice(0, -'.code'.length))
  let passed = 0
  let failed = 0
  for (const name of names.sort()) {
    const count = countStep(name)
    passed += count.passed
    failed += count.failed
    if (count.failed > 0) console.log(`FAILED  ${name}: ${count.failed}`)
    for (const line of count.why) console.log(`  ${line}`)
    if (count.unsteady.length > 0) console.log(`UNSTEADY  ${name}: failed at first, passed when run a second time`)
    for (const line of count.unsteady) console.log(`  ${line}`)
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || names.length === 0 ? 1 : 0
}

function countStep(name) {
  const isGood = endedWell(name)
  const first = reportOf(name)
  if (!first) {
    return isGood && !isVitest(name) ? count(1, 0) : count(0, 1)
  }
  const again = reportOf(`${name}-again`)
  const wrong = failedFiles(first)
  const rescued = again && endedWell(`${name}-again`) ? wrong.filter((file) => passesIn(again, file)) : []
  // What counts of a file is its last run.
  const files = first.testResults.map((file) =>
    rescued.includes(file) ? again.testResults.find(({ name: place }) => place === file.name) : file,
  )
  const left = files.filter(isFailed)
  const failed = left.reduce((sum, file) => sum + Math.max(failuresOf(file).length, 1), 0)
  const passed = files.flatMap((file) => file.assertionResults).filter((test) => test.status === 'passed').length
  // A run that ended badly with no failed file (an error nobody caught, its time over) is never made good by another.
  const isExplained = isGood || wrong.length > 0
  return count(passed, isExplained ? failed : Math.max(failed, 1), left.flatMap(whyFailed), rescued.flatMap(whyFailed))
}

function count(passed, failed, why = [], unsteady = []) {
  return { passed, failed, why, unsteady }
}

function endedWell(name) {
  const code = join(folder, `${name}.code`)
  return existsSync(code) && readFileSync(code, 'utf8').trim() === '0'
}

function reportOf(name) {
  const report = join(folder, `${name}.json`)
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined
}

function failedFiles(report) {
  return report?.testResults.filter(isFailed) ?? []
}

// A file that cannot be loaded has no failed test, only a failed status.
function isFailed(file) {
  return file.status === 'failed' || failuresOf(file).length > 0
}

function failuresOf(file) {
  return file.assertionResults.filter((test) => test.status === 'failed')
}

// Wholly: what ran at first is not skipped the second time.
function passesIn(again, file) {
  const second = again.testResults.find(({ name }) => name === file.name)
  if (!second || isFailed(second)) return false
  const passed = new Set(
    second.assertionResults.filter((test) => test.status === 'passed').map((test) => test.fullName),
  )
  const ran = file.assertionResults.filter((test) => test.status === 'passed' || test.status === 'failed')
  return passed.size > 0 && ran.every((test) => passed.has(test.fullName))
}

// At the end of the output, where it is looked for: which tests failed, and the first words of why.
function whyFailed(file) {
  const place = relative(process.cwd(), file.name)
  const failed = failuresOf(file)
  if (failed.length === 0) return [`${place}: ${firstLines(file.message)}`]
  return failed.map((test) => `${place} > ${test.fullName}: ${firstLines(test.failureMessages?.join('\n'))}`)
}

function firstLines(text) {
  return (text ?? '').split('\n').slice(0, 6).join(' | ').slice(0, 600)
}

function isVitest(name) {
  return name === 'tests' || name === 'browser'
}
