import type { Command } from '../command.ts'

export type Entry = { words: string; load: () => Promise<Command> }

/** All commands. Each is loaded only when called, so that `indag` starts at once. `bin/overview.js` says what they do. */
export const catalogue: Entry[] = [
  { words: 'check', load: async () => (await import('./indicators/check.ts')).check },
  { words: 'extract', load: async () => (await import('./indicators/extract.ts')).extract },
  { words: 'sources list', load: async () => (await import('./sources/list.ts')).listSources },
  { words: 'sources load', load: async () => (await import('./sources/load.ts')).loadSource },
  { words: 'runner list', load: async () => (await import('./runners/list.ts')).listRunners },
  { words: 'runner verify', load: async () => (await import('./runners/verify.ts')).verify },
  { words: 'token create', load: async () => (await import('./tokens/create.ts')).createToken },
  { words: 'token list', load: async () => (await import('./tokens/list.ts')).listTokens },
  { words: 'token revoke', load: async () => (await import('./tokens/revoke.ts')).revokeToken },
  { words: 'audit list', load: async () => (await import('./audit/list.ts')).listAudit },
  { words: 'audit verify', load: async () => (await import('./audit/verify.ts')).verifyAudit },
  { words: 'audit export', load: async () => (await import('./audit/export.ts')).exportAudit },
  { words: 'user list', load: async () => (await import('./users/list.ts')).listUsers },
  { words: 'user invite', load: async () => (await import('./users/invite.ts')).inviteUser },
  { words: 'user disable', load: async () => (await import('./users/change.ts')).disableUser },
  { words: 'user enable', load: async () => (await import('./users/change.ts')).enableUser },
  { words: 'user role', load: async () => (await import('./users/change.ts')).setRole },
  { words: 'user reset', load: async () => (await import('./users/reset.ts')).resetPassword },
  { words: 'organization list', load: async () => (await import('./organizations/list.ts')).listOrganizations },
  { words: 'organization create', load: async () => (await import('./organizations/create.ts')).createOrganization },
  { words: 'organization move', load: async () => (await import('./organizations/move.ts')).moveOrganization },
  { words: 'login', load: async () => (await import('./session/login.ts')).login },
  { words: 'logout', load: async () => (await import('./session/logout.ts')).logout },
]
