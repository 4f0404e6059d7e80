import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, resolve } from 'node:path'
import { StartError } from './progress.ts'
import type { Settings } from './settings.ts'

/** Fails before anything is started when the port is taken, with the variable that changes it. */
export async function requireFreePort(settings: Settings): Promise<void> {
  const server = createServer()
  try {
    server.listen(settings.port, settings.host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  } catch (error) {
    throw new StartError(explain((error as NodeJS.ErrnoException).code ?? '', settings))
  }
}

function explain(code: string, { host, port }: Settings): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken by another program: set INDAG_PORT to a free port, for example INDAG_PORT=${port === 65535 ? 8080 : port + 1} npm start.`
  if (code === 'EACCES')
    return `Port ${port} needs privileges that this account does not have: set INDAG_PORT to a port from 1024 on, for example INDAG_PORT=8080.`
  return `${host} is no address of this machine (${code}): set INDAG_HOST, for example INDAG_HOST=127.0.0.1.`
}

/** The Python runner needs an interpreter; without one the rest works and says which sources lack a runner. */
export function hasPython({ python, environment }: Settings): boolean {
  const folders = python.includes('/') ? [''] : (environment['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => isExecutable(resolve(folder, python)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
