import type { Attack, Ending } from '../attack.ts'

/** The whole module of an attack that is one body. `before` stands at its top level. */
export function fetchData(body: string, before = ''): string {
  return `${before}\nexport async function fetchData(indicator, ctx) {\n${body}\nreturn { summary: 'done' }\n}`
}

/** A family whose attacks all come to one of the same ends: name to body. */
export function family(ends: Ending[], bodies: Record<string, string>, more: Partial<Attack> = {}): Attack[] {
  return Object.entries(bodies).map(([name, body]) => ({ name, code: fetchData(body), ends, ...more }))
}
