#!/usr/bin/env node
// Plain JavaScript, because any Node may start it: an older one hands over to the runtime that the clone has pinned.
import module from 'node:module'
import { overview } from './overview.js'

const oldestMajor = 24
const args = process.argv.slice(2)

if (args.length === 0) {
  process.stdout.on('error', () => process.exit(0))
  console.log(overview)
} else if (Number(process.versions.node.split('.')[0]) >= oldestMajor) {
  module.enableCompileCache?.()
  const { main } = await import('../main.ts')
  process.exitCode = await main(args, overview)
} else {
  await handOver()
}

async function handOver() {
  const { existsSync } = await import('node:fs')
  const { fileURLToPath } = await import('node:url')
  const runtime = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))
  if (!existsSync(runtime)) {
    console.error(`indag: needs Node ${oldestMajor} or newer; this is ${process.version}.`)
    console.error(
      `Next: npm install   (in ${fileURLToPath(new URL('../..', import.meta.url))}; it brings its own Node)`,
    )
    process.exitCode = 1
    return
  }
  const { spawn } = await import('node:child_process')
  const child = spawn(runtime, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const [code, signal] = await new Promise((resolve) => child.once('exit', (...end) => resolve(end)))
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
}
