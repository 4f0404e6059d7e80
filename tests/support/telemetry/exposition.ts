/** One metric as Prometheus' text shows it. */
export type Exposed = {
  name: string
  type: string
  help: string
  labels: Set<string>
  values: Map<string, Set<string>>
}

/** Reads the text format: metrics by name, with all their labels and the values that those took. */
export function readExposition(text: string): Map<string, Exposed> {
  const metrics = new Map<string, Exposed>()
  for (const line of text.split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (word === undefined) continue
    const metric = metrics.get(name) ?? { name, type: '', help: '', labels: new Set(), values: new Map() }
    metrics.set(name, word === 'HELP' ? { ...metric, help: rest } : { ...metric, type: rest })
  }
  for (const [, sample = '', labels = ''] of text.matchAll(/^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? \S+$/gim)) {
    const metric = metrics.get(sample) ?? metrics.get(sample.replace(/_(bucket|sum|count)$/, ''))
    if (!metric) throw new Error(`${sample} has no TYPE`)
    for (const [, label = '', value = ''] of labels.matchAll(/([a-z_]\w*)="((?:[^"\\]|\\.)*)"/gi)) {
      metric.labels.add(label)
      metric.values.set(label, (metric.values.get(label) ?? new Set()).add(value))
    }
  }
  return metrics
}

/** What promtool's lint asks of names, and that labels say something: one sentence for each fault. */
export function lintExposition(metrics: Iterable<Exposed>): string[] {
  return [...metrics].flatMap(({ name, type, help, labels }) => [
    ...(help === '' ? [`${name} has no help`] : []),
    ...(type === 'counter' && !name.endsWith('_total') ? [`${name} is a counter and does not end in _total`] : []),
    ...(type !== 'counter' && name.endsWith('_total') ? [`${name} ends in _total and is no counter`] : []),
    ...(/_(ms|milliseconds|minutes|hours|kb|mb|kilobytes|megabytes)(_|$)/.test(name)
      ? [`${name} is not in base units`]
      : []),
    ...(type === 'histogram' && !/_(seconds|bytes)$/.test(name) ? [`${name} is a histogram without a unit`] : []),
    ...(/[A-Z-]/.test(name) ? [`${name} is not in snake case`] : []),
    ...[...labels].filter((label) => !/^[a-z][a-z0-9_]*$/.test(label)).map((label) => `${name} has the label ${label}`),
  ])
}

/** Names and labels that the queries of a dashboard or of alerts speak of: `metric{label=…}` and `by (label)`. */
export function readQuery(expression: string): { metrics: string[]; labels: string[] } {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\$\w+|\$\{\w+\}/g, '0')
  const metrics = [...bare.matchAll(/\b(?:indag|nodejs|process|up)(?:_[a-z0-9_]+)?\b/g)].map(([name]) => name)
  const matched = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label = '']) => label),
  )
  const grouped = [...bare.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, inside = '']) =>
    inside.split(',').map((label) => label.trim()),
  )
  return { metrics, labels: [...matched, ...grouped].filter(Boolean) }
}
