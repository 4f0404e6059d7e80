import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The files of installed npm packages, as a reader sees them. */
export type PackageFiles = {
  version(packageName: string): string
  text(packageName: string, file: string): string
  json(packageName: string, file: string): unknown
  /** Imports a JavaScript file that holds data as constants. */
  module(packageName: string, file: string): Promise<Record<string, unknown>>
}

/** Finds packages the way Node does from `fromFile`, but by folder: a package need not export its data files. */
export function openPackageFiles(fromFile: string): PackageFiles {
  const searchPaths = createRequire(fromFile).resolve.paths('indag') ?? []
  const locate = (packageName: string, file: string): string => {
    const found = searchPaths.map((path) => join(path, packageName, file)).find((path) => existsSync(path))
    if (!found)
      throw new Error(`The npm package ${packageName} has no file ${file} or is not installed. Run: npm install`)
    return found
  }
  const text = (packageName: string, file: string): string => readFileSync(locate(packageName, file), 'utf8')
  const json = (packageName: string, file: string): unknown => JSON.parse(text(packageName, file))
  return {
    text,
    json,
    version: (packageName) => (json(packageName, 'package.json') as { version: string }).version,
    module: (packageName, file) =>
      import(pathToFileURL(locate(packageName, file)).href) as Promise<Record<string, unknown>>,
  }
}
