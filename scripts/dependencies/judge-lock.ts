import type { Decided } from './decided.ts'

/** One entry of `packages` in package-lock.json (version 3), as far as it is judged. */
export type LockedPackage = {
  name?: string
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  deprecated?: string
  license?: string
  hasInstallScript?: boolean
}
export type Lock = { packages: Readonly<Record<string, LockedPackage>> }

type Foreign = { path: string; name: string; entry: LockedPackage }

/**
 * Faults of what the lock would install, as sentences; none when it is as decided.
 * `licenceOf`: what an installed package itself says, undefined where it is not installed (another platform's).
 */
export function judgeLock(
  lock: Lock,
  workspaces: readonly string[],
  decided: Decided,
  licenceOf: (path: string) => string | undefined,
): string[] {
  const foreign = foreignPackages(lock, workspaces)
  return [
    ...foreign.flatMap(originFaults),
    ...linkFaults(lock, workspaces),
    ...licenceFaults(foreign, decided, licenceOf),
    ...scriptFaults(foreign, decided),
    ...majorFaults(foreign),
  ]
}

/** What others wrote: all but the root, the workspaces and the links to them. */
function foreignPackages({ packages }: Lock, workspaces: readonly string[]): Foreign[] {
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !workspaces.includes(path) && !entry.link)
    .map(([path, entry]) => ({ path, name: path.slice(path.lastIndexOf('node_modules/') + 13), entry }))
}

function originFaults({ path, name, entry }: Foreign): string[] {
  if (!path.includes('node_modules/')) return [`${path} is a folder that is no workspace of ours`]
  return [
    ...(entry.name !== undefined && entry.name !== name ? [`${path} is ${entry.name} under another name`] : []),
    ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? '') ? [] : [`${path} has no sha512 hash`]),
    ...(entry.resolved === undefined
      ? []
      : [`${path} comes from ${entry.resolved}: the registry of whoever installs is asked, no other place`]),
    ...(isExact(entry.version) ? [] : [`${path} has the version ${entry.version}, which is none`]),
    ...(entry.deprecated === undefined ? [] : [`${path} is deprecated: ${entry.deprecated}`]),
  ]
}

export const isExact = (version: string | undefined): boolean => /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version ?? '')

function linkFaults({ packages }: Lock, workspaces: readonly string[]): string[] {
  return Object.entries(packages)
    .filter(([, { link, resolved }]) => link && !workspaces.includes(resolved ?? ''))
    .map(([path, { resolved }]) => `${path} is a link to ${resolved}, which is no workspace of ours`)
}

function licenceFaults(
  foreign: readonly Foreign[],
  { licences, licenceExceptions }: Decided,
  licenceOf: (path: string) => string | undefined,
): string[] {
  const used = new Set<string>()
  const faults = foreign.flatMap(({ path, name, entry }) => {
    const licence = licenceOf(path) ?? entry.license ?? 'none'
    if (licences.includes(licence)) return []
    const exception = Object.keys(licenceExceptions).find((one) => matches(one, name))
    if (exception === undefined) return [`${path} is under the licence ${licence}, which is not decided on`]
    used.add(exception)
    return []
  })
  return [...faults, ...unusedFaults(licenceExceptions, used, 'licence exception')]
}

function scriptFaults(foreign: readonly Foreign[], { installScripts }: Decided): string[] {
  const used = new Set(foreign.filter(({ entry }) => entry.hasInstallScript).map(({ name }) => name))
  const undecided = [...used].filter((name) => !Object.hasOwn(installScripts, name))
  return [
    ...undecided.map((name) => `${name} runs a script at installation, which is not decided on`),
    ...unusedFaults(installScripts, used, 'installation script'),
  ]
}

function unusedFaults(all: Readonly<Record<string, string>>, used: ReadonlySet<string>, what: string): string[] {
  return Object.keys(all)
    .filter((name) => !used.has(name))
    .map((name) => `The ${what} of ${name} is decided on, but nothing needs it: remove it from decided.ts`)
}

/** `lightningcss*`: it and the packages of its platforms. */
const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

/** Two majors of one library in production: a check in one is not a check in the other. */
function majorFaults(foreign: readonly Foreign[]): string[] {
  const majors = new Map<string, Set<string>>()
  for (const { name, entry } of foreign) {
    if (entry.dev) continue
    majors.set(name, (majors.get(name) ?? new Set()).add((entry.version ?? '').split('.')[0]!))
  }
  return [...majors]
    .filter(([, found]) => found.size > 1)
    .map(([name, found]) => `${name} is there in the majors ${[...found].sort().join(' and ')}`)
}
