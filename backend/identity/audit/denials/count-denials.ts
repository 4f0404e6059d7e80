import type { Actor, Change } from '../../../foundation/index.ts'

/** An attempt that was refused. */
export type Denial = { actor: Actor; change: Change; reason: string }

/** Kinds of denial that one caller at one address can fill the log with in a minute, and all together. */
const mostPerCaller = 10
const mostInAll = 500

/**
 * Counts denials that are alike: same address, caller, action, resource and reason. The first of a minute is told at once;
 * how many followed, when the minute is over. Who brings too many kinds has the rest counted as one, so that a flood of any
 * size costs the log a bounded number of entries. Pure: `take` is called once a minute.
 */
export function countDenials() {
  let seen = new Map<string, { denial: Denial; more: number }>()
  let perCaller = new Map<string, number>()
  return {
    /** @returns the denial to be written now, if it is the first of its kind. */
    note(denial: Denial): Denial | undefined {
      const caller = callerKey(denial)
      const key = JSON.stringify([caller, denial.change.action, denial.change.resource.id, denial.reason])
      const known = seen.get(key)
      if (known) return void (known.more += 1)
      const kinds = perCaller.get(caller) ?? 0
      if (seen.size >= mostInAll) return add('all', ofSeveral(denial, '(several)'))
      if (kinds >= mostPerCaller) return add(`several ${caller}`, ofSeveral(denial))
      perCaller.set(caller, kinds + 1)
      return add(key, denial)
    },
    /** What followed the first ones, and a fresh start. */
    take(): { denial: Denial; count: number }[] {
      const counted = [...seen.values()].filter(({ more }) => more > 0)
      seen = new Map()
      perCaller = new Map()
      return counted.map(({ denial, more }) => ({ denial, count: more }))
    },
  }

  function add(key: string, denial: Denial): Denial | undefined {
    const known = seen.get(key)
    if (known) return void (known.more += 1)
    seen.set(key, { denial, more: 0 })
    return denial
  }
}

function callerKey({ actor }: Denial): string {
  return `${actor.address} ${actor.userId ?? ''}`
}

/** With `address`: no caller is named any more. */
function ofSeveral({ actor, change }: Denial, address?: string): Denial {
  const named = address === undefined ? actor : { ...actor, userId: null, name: address, credentialId: null, address }
  return {
    actor: named,
    reason: 'several',
    change: {
      action: 'access.deny',
      resource: { type: 'access', id: 'several', name: 'several' },
      organizationId: address === undefined ? change.organizationId : null,
    },
  }
}
