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
  { words: 'login', load: async () => (await import('./session/login.ts')).login },
  { words: 'logout', load: async () => (await import('./session/logout.ts')).logout },
]
