const template = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/

/** The configuration fields that decide where this source connects. */
export function hostFields(hosts: readonly string[]): string[] {
  return hosts.flatMap((host) => template.exec(host)?.[1] ?? [])
}

/** The allow-list of a source: `{field}` becomes the host, with the port if the URL names one, of that configuration value. */
export function resolveHosts(hosts: readonly string[], config: Readonly<Record<string, unknown>>): string[] {
  const resolved = hosts.flatMap((host) => {
    const field = template.exec(host)?.[1]
    if (field === undefined) return [host.toLowerCase()]
    const named = hostOf(config[field])
    return named === undefined ? [] : [named]
  })
  return [...new Set(resolved)]
}

/** Only what the operator's configuration decides: what a secret was entered for. */
export function configuredHosts(hosts: readonly string[], config: Readonly<Record<string, unknown>>): string[] {
  return resolveHosts(
    hosts.filter((host) => template.test(host)),
    config,
  ).sort()
}

function hostOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (URL.canParse(value) && value.includes('://')) return new URL(value).host
  return /^[A-Za-z0-9._-]+(:\d{1,5})?$/.test(value) ? value.toLowerCase() : undefined
}
