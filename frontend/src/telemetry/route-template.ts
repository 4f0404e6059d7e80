const words = new Set(
  (
    'api v1 auth sign-in sign-out setup me indicator-kinds indicators extract requests preview events sources secrets dataset test ' +
    'versions providers ignore-lists runners api-tokens users groups organizations roles sessions service-accounts audit ' +
    'system health password-links openid client-config telemetry spans'
  ).split(' '),
)

/** `/api/v1/requests/0198…?q=…` → `/api/v1/requests/{}`: what is not a word of ours, an id or worse, never leaves in a span. */
export function templateOf(path: string): string {
  const [bare = ''] = path.split('?')
  const parts = bare.split('/').map((part) => (part === '' || words.has(part) ? part : '{}'))
  return parts.join('/').slice(0, 100)
}
