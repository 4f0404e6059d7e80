import { createHash } from 'node:crypto'
import { fail, type Postgres, type Transaction } from '../../foundation/index.ts'
import { findManifests } from './find-manifests.ts'
import { loadVersion } from './load-version.ts'
import { parseList, type RejectedLine } from './parse-list.ts'

/** Rejected lines that an error names; the rest is only counted. */
const linesNamed = 20

/** Called within the transaction that switches to a new list, which does not stand without it. */
export type OnLoaded = (tx: Transaction, loaded: { records: number; rejected: number; origin: string }) => Promise<void>

/**
 * Replaces an own list by this text. Lines that cannot be read are left out and reported; when they are more than the good
 * ones, or no line is good, nothing changes, because then it is another kind of file.
 * @throws AppError not-found when the source has no own list; invalid-input naming the lines.
 */
export async function loadList(
  sql: Postgres,
  catalogDir: string,
  dataset: string,
  text: string,
  onLoaded?: OnLoaded,
): Promise<{ records: number; rejected: RejectedLine[] }> {
  const manifest = findManifests(catalogDir).find((each) => each.dataset === dataset && each.isList)
  if (!manifest) fail('not-found', `The source ${dataset} has no list of its own to load.`)
  const { rows, rejected } = parseList(text, manifest.keyType)
  if (rows.length === 0 && rejected.length === 0) {
    fail('invalid-input', 'The list is empty; the one before stays.', {
      fields: [{ path: 'body', message: 'has no line with a key', fix: 'Write one key a line' }],
    })
  }
  if (rejected.length > rows.length) {
    fail(
      'invalid-input',
      `${rejected.length} of ${rows.length + rejected.length} lines cannot be read; the list before stays.`,
      {
        fields: rejected
          .slice(0, linesNamed)
          .map(({ line, text: wrong, reason }) => ({ path: `body.${line}`, message: `${wrong}: ${reason}` })),
      },
    )
  }
  const origin = `list, sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  await loadVersion(sql, {
    dataset,
    keyType: manifest.keyType,
    origin,
    rows,
    onSwitched: async (tx, records) => onLoaded?.(tx, { records, rejected: rejected.length, origin }),
  })
  return { records: rows.length, rejected }
}
