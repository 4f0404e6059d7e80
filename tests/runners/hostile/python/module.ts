import type { Attack, Ending } from '../attack.ts'

/** The whole module of an attack that is one body, indented by nothing. `before` stands at its top level. */
export function fetchData(body: string, before = ''): string {
  const lines = body.trim().split('\n')
  const indented = lines.map((line) => (line === '' ? line : `    ${line}`)).join('\n')
  return `${before.trim()}\ndef fetch_data(indicator, ctx):\n${indented}\n    return {"summary": "done"}\n`
}

/** What is over at once may take long on a slow machine: only what lasts until the deadline has the arena's short one. */
const PATIENT = { wallMs: 5_000, cpuMs: 5_000 }

/** The deadline is no end for those that do not name it. */
export function patiently(attack: Attack): Attack {
  if (attack.ends.includes('timeout')) return attack
  return { ...attack, context: { ...attack.context, limits: { ...PATIENT, ...attack.context?.limits } as never } }
}

/** An attack that is one body: most are. */
export function attack(name: string, ends: Ending[], body: string, before = '', more: Partial<Attack> = {}): Attack {
  return { name, code: fetchData(body, before), ends, ...more }
}

/** What each attack of a family begins with. */
export function family(prelude: string) {
  return (name: string, ends: Ending[], body: string, before = '', more: Partial<Attack> = {}) =>
    attack(name, ends, body, `${prelude.trim()}\n${before.trim()}`, more)
}

/** The neighbour of all attacks. CODE becomes a canary. */
export const NEIGHBOUR_CODE = `own = "CODE"
def fetch_data(indicator, ctx):
    return {"summary": " ".join([ctx.secrets["token"], ctx.config["label"], indicator.value]), "raw": len(own)}
`
