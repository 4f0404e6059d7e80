import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { KeyType } from './dataset.ts'

export type DatasetManifest = { dataset: string; keyType: KeyType; readerName?: string; isList: boolean }

type SourceJson = { dataset?: { key: KeyType; origin: { reader?: string; list?: true } } }

/** Every source of the catalogue that has a dataset; the dataset bears the slug of the source. */
export function findManifests(catalogDir: string): DatasetManifest[] {
  const paths = readdirSync(catalogDir, { recursive: true, encoding: 'utf8' }).filter(
    (path) => basename(path) === 'source.json' && !path.includes('node_modules'),
  )
  return paths.sort().flatMap((path) => {
    const { dataset } = JSON.parse(readFileSync(join(catalogDir, path), 'utf8')) as SourceJson
    if (!dataset) return []
    const { reader, list } = dataset.origin
    return [
      {
        dataset: basename(dirname(path)),
        keyType: dataset.key,
        ...(reader && { readerName: reader }),
        isList: list === true,
      },
    ]
  })
}
