import type { Fix, Reason } from '../../api/types.ts'

/** Places on a source's page that a fix may land on, by reason code. */
const places: Record<string, { label: string; anchor: string }> = {
  'secret-missing': { label: 'Add the key', anchor: 'secrets' },
  unauthorized: { label: 'Check the key', anchor: 'secrets' },
  'source-disabled': { label: 'Enable the source', anchor: 'enabled' },
  'provider-disabled': { label: 'Enable the provider', anchor: 'provider' },
  'kind-disabled': { label: 'Enable the kind', anchor: 'kinds' },
  'dataset-missing': { label: 'Load the dataset', anchor: 'dataset' },
  'quota-exhausted': { label: 'See the limits', anchor: 'limits' },
  'rate-limited': { label: 'See the limits', anchor: 'limits' },
  misconfigured: { label: 'Check the settings', anchor: 'config' },
  'host-unreachable': { label: 'Check the address', anchor: 'config' },
  'egress-denied': { label: 'See the allowed hosts', anchor: 'hosts' },
  exception: { label: 'See the code', anchor: 'code' },
  quarantined: { label: 'See the code', anchor: 'code' },
  syntax: { label: 'See the code', anchor: 'code' },
  'bad-result': { label: 'See the code', anchor: 'code' },
  timeout: { label: 'See the time limit', anchor: 'limits' },
}

/** The remedy that came with the reason, or the place on the source's page that its code belongs to: the page as it is in an organization. */
export function fixFor(reason: Reason, slug: string, organization?: string): Fix | undefined {
  const fix = remedyOf(reason, slug)
  if (!fix || !organization || !fix.href.startsWith(`/sources/${slug}`)) return fix
  const [page, anchor] = fix.href.split('#')
  return { ...fix, href: `${page}?at=${organization}${anchor === undefined ? '' : `#${anchor}`}` }
}

function remedyOf({ code, fix }: Reason, slug: string): Fix | undefined {
  const place = places[code]
  // A fix that names only the page is led on to the field.
  if (fix) return place && fix.href === `/sources/${slug}` ? at(place, slug, fix.label) : fix
  if (['no-runner', 'runner-unavailable', 'crashed', 'overloaded'].includes(code)) {
    return { label: 'See the runners', href: '/runners' }
  }
  return place && at(place, slug, place.label)
}

const at = (place: { anchor: string }, slug: string, label: string): Fix => ({
  label,
  href: `/sources/${slug}#${place.anchor}`,
})
