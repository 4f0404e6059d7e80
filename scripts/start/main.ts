/** `npm start`. Progress goes to stderr; the address and the setup link go to stdout. */
import { newProgress, StartError } from './progress.ts'
import { readSettings, type Settings } from './settings.ts'
import { watchNpm } from './watch-npm.ts'
import { Indag } from './indag.ts'

const progress = newProgress()

async function main(): Promise<void> {
  const read = readSettings()
  if ('errors' in read) {
    for (const { name, problem, fix } of read.errors) process.stderr.write(`${name} ${problem}. ${fix}\n`)
    process.exit(78)
  }
  const { settings } = read
  let link: string | null = null
  let isReady = false
  const showLink = () =>
    link !== null && process.stdout.write(`Create the administrator here (the link works once):\n  ${link}\n`)
  const onSetupLink = (found: string) => {
    if (found === link) return
    link = found
    if (isReady) showLink()
  }
  progress(`data folder ${settings.dataDir}`)
  const indag = new Indag(settings, progress, onSetupLink)
  stopOnSignal(indag, settings)
  await indag.start()
  isReady = true
  progress('ready')
  process.stdout.write(`Indag is ready at ${settings.url} (Ctrl-C stops it)\n`)
  showLink()
}

let stopping = false

/** The first signal stops everything in order; npm and the terminal often send it twice, so later ones change nothing. */
function stopOnSignal(indag: Indag, settings: Settings): void {
  const stop = async (why: string) => {
    if (stopping) return
    stopping = true
    progress(`${why}: stopping`)
    await indag.stop()
    progress('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(signal).catch(report))
  watchNpm(settings.startedByNpm, () => void stop('npm has ended').catch(report))
}

function report(error: unknown): never {
  progress(
    error instanceof StartError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  )
  process.exit(1)
}

// A closed terminal must not keep us from stopping in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
await main().catch((error: unknown) => {
  // What fails because we are being stopped is no news.
  if (!stopping) report(error)
})
