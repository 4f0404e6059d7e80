// Root postinstall, plain JavaScript because it may run on Node 20: makes node_modules/.bin/node the pinned runtime.
// npm 10 deletes that link again when it discards the runtime package of the other processor.
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { lockFile, markInstalled, root } from './install-stamp.mjs'

const modules = join(root, 'node_modules')
const runtime = `node-${process.platform}-${process.arch}`

if (existsSync(join(modules, runtime, 'bin/node'))) {
  const link = join(modules, '.bin/node')
  if (!existsSync(link)) {
    mkdirSync(join(modules, '.bin'), { recursive: true })
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link)
    symlinkSync(`../${runtime}/bin/node`, link)
  }
}

// An installation without the development packages is not what scripts/ensure-deps.mjs would have made.
if (!process.env.npm_config_omit && existsSync(lockFile)) markInstalled()
