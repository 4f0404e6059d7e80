import { classifyAddress, hostOf, type Indicator } from '../../indicators/index.ts'
import { paps, tlps, type Exposure, type Pap, type Reason, type SourceSnapshot, type Tlp } from '../../sources/index.ts'

/** What the policy must know of a source. */
export type PolicySource = Pick<
  SourceSnapshot,
  'slug' | 'name' | 'enabled' | 'provider' | 'disabledKinds' | 'exposure' | 'maximumTlp' | 'maximumPap' | 'notReady'
>

export type PolicyQuestion = {
  indicator: Indicator
  source: PolicySource
  tlp: Tlp
  pap: Pap
  /** Set when the inventory says that it is ours. */
  ownAsset: { name: string } | null
  /** The ignore-list entry that covers it, if any. */
  ignored: { reason: string; value: string; id: string } | null
}

/**
 * Whether a source may be asked about an indicator: null when it may, else the first reason against it.
 * Pure. What protects the value comes before what merely prevents the call.
 */
export function decide(question: PolicyQuestion): Reason | null {
  return refuseExposure(question) ?? refuseIgnored(question) ?? refuseSwitchedOff(question) ?? question.source.notReady
}

function refuseExposure({ indicator, source, tlp, pap, ownAsset }: PolicyQuestion): Reason | null {
  if (source.exposure === 'local') return null
  if (tlps.indexOf(tlp) > tlps.indexOf(source.maximumTlp)) {
    return {
      code: 'tlp-too-high',
      detail: `TLP:${tlp} must not leave; ${source.name} may learn values up to TLP:${source.maximumTlp}.`,
    }
  }
  if (paps.indexOf(pap) > paps.indexOf(source.maximumPap)) {
    return {
      code: 'pap-too-high',
      detail: `PAP:${pap} forbids it: ${source.name} is ${describeExposure(source.exposure)} and allowed up to PAP:${source.maximumPap}.`,
    }
  }
  if (ownAsset) return { code: 'own-asset', detail: `It belongs to us (${ownAsset.name}) and never leaves.` }
  const hidden = notPublic(indicator)
  if (hidden)
    return { code: 'not-public', detail: `${hidden}; asking ${source.name} would only tell it about our network.` }
  return null
}

function describeExposure(exposure: Exposure): string {
  if (exposure === 'active') return 'active (the target may notice)'
  if (exposure === 'submits') return 'public (the value is stored or published)'
  return 'online (the provider learns the value)'
}

const internalSuffixes = [
  '.local',
  '.internal',
  '.localhost',
  '.lan',
  '.home.arpa',
  '.corp',
  '.intranet',
  '.test',
  '.invalid',
  '.example',
]

/** What makes a value meaningless or telling outside: a non-global address, or a name under an internal suffix. */
function notPublic(indicator: Indicator): string | null {
  const host = hostOf(indicator) ?? indicator
  if (host.kind === 'ipv4' || host.kind === 'ipv6' || host.kind === 'cidr') {
    const address = classifyAddress(host.value)
    return address.globallyReachable ? null : `${host.value} is not a public address (${address.name})`
  }
  if (host.kind === 'domain' && internalSuffixes.some((suffix) => host.value.endsWith(suffix))) {
    return `${host.value} is an internal name`
  }
  return null
}

function refuseIgnored({ ignored }: PolicyQuestion): Reason | null {
  if (!ignored) return null
  return {
    code: 'ignored',
    detail: `The ignore list has ${ignored.value}: ${ignored.reason}`,
    fix: { label: 'Open the ignore list', href: `/ignore-lists#${ignored.id}` },
  }
}

function refuseSwitchedOff({ indicator, source }: PolicyQuestion): Reason | null {
  const fix = { label: `Open ${source.name}`, href: `/sources/${source.slug}` }
  if (!source.provider.enabled)
    return { code: 'provider-disabled', detail: `The provider ${source.provider.name} is switched off.`, fix }
  if (!source.enabled) return { code: 'source-disabled', detail: `${source.name} is switched off.`, fix }
  if (source.disabledKinds.includes(indicator.kind)) {
    return { code: 'kind-disabled', detail: `${source.name} is switched off for ${indicator.kind}.`, fix }
  }
  return null
}
