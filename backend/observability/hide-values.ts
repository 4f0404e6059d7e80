import { hideSecrets } from './hide-secrets.ts'

const quoted = /"[^"]*"|'[^']*'|`[^`]*`/g
const address = /\S*[@\\]\S*|\w+:\/\/\S+|\S*[\w\]][.:]\S*[\w\]]/g
const long = /[\w+/=-]{20,}|\bcve-\d+-\d+/gi

/** Leaves the plain words of a sentence: what is quoted, looks like an indicator, a path or a key goes. For text that leaves the house. */
export function hideValues(text: string): string {
  return hideSecrets(text).replace(quoted, '[value]').replace(address, '[value]').replace(long, '[value]')
}
