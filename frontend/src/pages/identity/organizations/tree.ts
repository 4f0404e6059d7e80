import type { Organization } from '../../../api/types.ts'

export type Placed = Organization & { level: number }

/** Each organization after the one above it, siblings by name. `level` counts from the highest that may be read. */
export function inTreeOrder(organizations: readonly Organization[]): Placed[] {
  const known = new Set(organizations.map(({ id }) => id))
  const below = Map.groupBy(organizations, ({ parentId }) => (parentId && known.has(parentId) ? parentId : null))
  const placed = (parentId: string | null, level: number): Placed[] =>
    (below.get(parentId) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .flatMap((one) => [{ ...one, level }, ...placed(one.id, level + 1)])
  return placed(null, 0)
}

/** Those whose name or slug has the text, with all above them: a match without its place says little. */
export function matching(placed: readonly Placed[], text: string): Placed[] {
  const wanted = text.toLowerCase()
  const kept = new Set(
    placed.filter(({ name, slug }) => `${name}\n${slug}`.toLowerCase().includes(wanted)).flatMap(({ path }) => path),
  )
  return placed.filter(({ id }) => kept.has(id))
}
