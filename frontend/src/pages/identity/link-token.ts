/** The token of a one-time link stands behind the #, so that it never reaches a server's log. */
export function linkToken(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''
}
