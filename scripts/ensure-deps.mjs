// Installs the locked dependencies, the Node 24 runtime among them, when they are missing or out of date.
// Plain JavaScript because the first run has only the host's Node (20 or later).
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isInstalled, markInstalled, root } from './install-stamp.mjs'
import { acquireLock } from './lock/process-lock.mjs'

const TICK_MS = 10_000

if (!isInstalled()) await installOnce()
requireNode24()

/** A second call at the same time waits for the first one instead of deleting what that one just installed. */
async function installOnce() {
  mkdirSync(join(root, '.indag'), { recursive: true, mode: 0o700 })
  let lock = acquireLock(join(root, '.indag', 'install.lock'))
  if (!lock.held) console.error(`Waiting for the installation that process ${lock.owner.pid} runs ...`)
  while (!lock.held) {
    await new Promise((done) => setTimeout(done, 200))
    lock = acquireLock(join(root, '.indag', 'install.lock'))
  }
  try {
    if (!isInstalled()) await install()
  } finally {
    lock.release()
  }
}

async function install() {
  const started = Date.now()
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`
  console.error('Installing the dependencies (once; about a minute on a cold cache) ...')
  const ticker = setInterval(() => console.error(`  still installing (${seconds()})`), TICK_MS)
  const [command, ...args] = npm()
  // NODE_ENV=production must not leave out vite: the web page is built on the first start.
  const flags = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund']
  const child = spawn(command, [...args, ...flags], { cwd: root, stdio: ['ignore', 2, 2] })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const code = await new Promise((resolve) =>
    child.once('error', () => resolve(127)).once('exit', (status) => resolve(status ?? 1)),
  )
  clearInterval(ticker)
  if (code !== 0) {
    console.error(
      `"npm ci" failed (exit code ${code}): the lines above say why. Check the network and the npm registry, then run the command again.`,
    )
    process.exit(code)
  }
  markInstalled()
  console.error(`Dependencies installed in ${seconds()}.`)
}

/** npm as it was started, on the Node it was started with: ours lies in node_modules, which npm is about to delete. */
function npm() {
  const script = process.env.npm_execpath ?? ''
  const node = process.env.npm_node_execpath ?? process.execPath
  if (!/\.c?js$/.test(script)) return ['npm']
  return [node.startsWith(join(root, 'node_modules')) ? 'node' : node, script]
}

/** Free when this process already runs on the pinned runtime, which npm's PATH puts first once it is installed. */
function requireNode24() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return
  const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH }
  const found = spawnSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8', env }).stdout?.trim() || 'none'
  if (Number.parseInt(found, 10) >= 24) return
  console.error(
    `Node 24 is needed and ${found} was found: no bundled runtime for ${process.platform}-${process.arch}. Install Node 24 and run again.`,
  )
  process.exit(1)
}
