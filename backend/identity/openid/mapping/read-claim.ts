export type Claims = Readonly<Record<string, unknown>>

/**
 * A claim by its path: `groups`, `realm_access.roles`. A claim whose own name has dots, such as
 * `https://example.org/roles`, is found as well: at each step the longest name that is there wins.
 */
export function readClaim(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = Object.hasOwn(claims, path.slice(0, dot)) ? claims[path.slice(0, dot)] : undefined
    if (!isObject(inner)) continue
    const found = readClaim(inner, path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

/** A claim as a list of texts; one value is a list of one. What is neither text, number nor truth value is left out. */
export function listOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((each) => ['string', 'number', 'boolean'].includes(typeof each)).map(String)
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
