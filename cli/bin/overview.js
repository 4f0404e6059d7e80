// What bare `indag` says: everything there is, in a screenful. Plain JavaScript, so that any Node can say it at once.
export const overview = `indag asks many sources about an indicator and weighs their answers.

Usage: indag <command> [options]

  check          ask the sources about indicators
  extract        find the indicators in a text
  sources list   the sources and whether they are ready
  sources load   fill a list source from a file
  runner         list: how they are; verify: hold one to the contract
  token          API tokens: create, list, revoke
  user           people: list, invite, role, disable, enable, reset
  organization   the tree of organizations: list, create, move
  audit list     who did what; audit verify, audit export
  login, logout  store URL and token of a server; forget them

Examples:
  indag check 1.1.1.1
  cat iocs.txt | indag check - --json | jq '.indicators[].verdict.level'

indag help <command> explains one. Server: INDAG_URL and INDAG_TOKEN, or indag login.`
