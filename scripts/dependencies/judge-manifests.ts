import { isExact } from './judge-lock.ts'

/** What a package.json says of dependencies. */
export type Manifest = {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  overrides?: object
}

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

/** Faults of our own package.json files, by their folders ('' is the root's); `locked`: the lock's copy of the root's. */
export function judgeManifests(manifests: Readonly<Record<string, Manifest>>, locked: Manifest): string[] {
  return Object.entries(manifests).flatMap(([folder, manifest]) => {
    const file = folder === '' ? 'package.json' : `${folder}/package.json`
    const own = kinds.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}).map(([name, version]) => ({ name, version, kind })),
    )
    if (folder !== '')
      return own.map(({ name }) => `${file} names ${name}: dependencies stand in the root package.json`)
    return own.flatMap(({ name, version, kind }) => [
      ...(isExact(version) ? [] : [`${file} has ${name} as "${version}": write one exact version`]),
      ...(locked[kind]?.[name] === version
        ? []
        : [`package-lock.json was not made from ${name} ${version}: run npm install`]),
    ])
  })
}
