/** Keys whose values never reach a log line. */
export const secretKeys = [
  'password',
  'token',
  'secret',
  'secrets',
  'authorization',
  'cookie',
  'credentials',
  'apiKey',
  'clientSecret',
  'codeVerifier',
]

const hidden = '[redacted]'
const keyed =
  /"((?:current|new)?(?:password|token|secret|authorization|(?:set-)?cookie|api_?key|client_?secret|code_?verifier))":"(?:[^"\\]|\\.)+"/gi
/** In a query or a fragment: the links for setup, invitation and reset, what an issuer sends back, keys of providers. */
const inAddress =
  /([?&#](?:[\w-]*token|code|state|nonce|password|secret|client_secret|(?:api_?)?key|auth)=)[^&\s"'\\#]+/gi
const inHeader = /\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi
const ownToken = /\bindag_[A-Za-z0-9]{20,}/g
const session = /((?:__Host-)?indag_session=)[^;\s"'\\]+/g
const inAuthority = /(\/\/[^/\s:@"'\\]*:)[^/\s@"'\\]+@/g

/** Takes out of any text what looks like a secret: tokens, credentials, passwords in addresses, one-time links, cookies. */
export function hideSecrets(text: string): string {
  return text
    .replace(keyed, `"$1":"${hidden}"`)
    .replace(inAddress, `$1${hidden}`)
    .replace(inHeader, `$1 ${hidden}`)
    .replace(ownToken, `indag_${hidden}`)
    .replace(session, `$1${hidden}`)
    .replace(inAuthority, `$1${hidden}@`)
}
