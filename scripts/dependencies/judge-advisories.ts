/** `asked: false`: nobody could tell, and why. */
export type Advisories = { asked: true; faults: string[] } | { asked: false; why: string }

type Via = string | { title?: string; url?: string }
type Report = {
  message?: string
  vulnerabilities?: Record<string, { severity: string; range?: string; via?: Via[] }>
}

const grave = new Set(['high', 'critical'])

/** What `npm audit --json` printed: advisories of severity high or more are faults; anything that is no report is no answer. */
export function judgeAdvisories(printed: string): Advisories {
  const report = parse(printed)
  if (!report?.vulnerabilities) return { asked: false, why: whyNot(report) }
  const faults = Object.entries(report.vulnerabilities)
    .filter(([, { severity }]) => grave.has(severity))
    .map(
      ([name, { severity, range, via }]) => `${name} ${range ?? ''} has an advisory (${severity}): ${told(via ?? [])}`,
    )
  return { asked: true, faults }
}

function parse(printed: string): Report | undefined {
  try {
    return JSON.parse(printed) as Report
  } catch {
    return undefined
  }
}

/** A registry's address may hold a name of the machine's network: only what happened is told. */
function whyNot(report: Report | undefined): string {
  const status = /\b[45]\d\d [A-Z][A-Za-z ]+(?= - )/.exec(report?.message ?? '')?.[0]
  return status ? `the registry answers ${status}` : 'no registry answers'
}

const told = (via: readonly Via[]): string =>
  via
    .map((one) => (typeof one === 'string' ? `through ${one}` : `${one.title ?? ''} ${one.url ?? ''}`.trim()))
    .join('; ')
