export const ignoreScopes = ['global', 'provider', 'source'] as const
export const ignoreMatches = ['exact', 'cidr', 'suffix'] as const

/** One rule "do not ask about this". `targetId` is the provider's or source's id, null for a global one. */
export type IgnoreEntry = {
  id: string
  scope: (typeof ignoreScopes)[number]
  targetId: string | null
  match: (typeof ignoreMatches)[number]
  /** Canonical: what `lookupKeys` gives for such an indicator. */
  value: string
  reason: string
  expiresAtMs: number | null
  /** It holds there and in all organizations below. */
  organizationId: string
}

/** The entry that hid an indicator, for the row's reason. */
export type IgnoreMatch = Pick<IgnoreEntry, 'id' | 'scope' | 'match' | 'value' | 'reason'>
