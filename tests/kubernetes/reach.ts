import { BlockList, isIPv6 } from 'node:net'
import { matches, ofKind, workloadsOf, type Labels, type Manifest, type Peer, type PolicyRule } from './manifest.ts'

/** One end of a connection: a pod of ours by its workload's name, a pod of another namespace, or an address. */
export type End = { pod: string } | { namespace: Labels; labels?: Labels } | { address: string }

/**
 * Whether NetworkPolicies let a connection be made, by the rules of Kubernetes: a pod that no policy of a direction selects is open
 * in it; else some rule of some policy that selects it must allow the other end and the port. Both ends have a say.
 */
export function mayReach(manifests: Manifest[], from: End, to: End, port: number): boolean {
  return allows(manifests, 'Egress', from, to, to, port) && allows(manifests, 'Ingress', to, from, to, port)
}

function allows(
  manifests: Manifest[],
  way: 'Ingress' | 'Egress',
  own: End,
  other: End,
  target: End,
  port: number,
): boolean {
  if (!('pod' in own)) return true
  const labels = podOf(manifests, own.pod).spec.template.metadata.labels
  const policies = ofKind(manifests, 'NetworkPolicy').filter(
    ({ spec }) => spec.policyTypes!.includes(way) && matches(spec.podSelector, labels),
  )
  if (policies.length === 0) return true
  const rules = policies.flatMap(({ spec }) => (way === 'Ingress' ? spec.ingress : spec.egress) ?? [])
  return rules.some((rule) => hasPort(manifests, rule, target, port) && hasPeer(manifests, rule.from ?? rule.to, other))
}

function podOf(manifests: Manifest[], name: string) {
  const found = workloadsOf(manifests).find(({ metadata }) => metadata.name === name)
  if (!found) throw new Error(`There is no workload ${name}`)
  return found
}

function hasPort(manifests: Manifest[], { ports }: PolicyRule, target: End, port: number): boolean {
  const named =
    'pod' in target ? podOf(manifests, target.pod).spec.template.spec.containers.flatMap((one) => one.ports ?? []) : []
  const numberOf = (one: string | number) =>
    typeof one === 'number' ? one : named.find(({ name }) => name === one)?.containerPort
  return ports === undefined || ports.some((one) => numberOf(one.port) === port)
}

function hasPeer(manifests: Manifest[], peers: Peer[] | undefined, other: End): boolean {
  return peers === undefined || peers.some((peer) => isPeer(manifests, peer, other))
}

function isPeer(manifests: Manifest[], { podSelector, namespaceSelector, ipBlock }: Peer, other: End): boolean {
  if ('address' in other) return ipBlock !== undefined && isWithin(ipBlock, other.address)
  if (ipBlock) return false
  if ('pod' in other)
    return (
      namespaceSelector === undefined && matches(podSelector, podOf(manifests, other.pod).spec.template.metadata.labels)
    )
  return (
    matches(namespaceSelector, other.namespace) &&
    (podSelector === undefined || matches(podSelector, other.labels ?? {}))
  )
}

function isWithin({ cidr, except = [] }: { cidr: string; except?: string[] }, address: string): boolean {
  return contains(cidr, address) && !except.some((one) => contains(one, address))
}

function contains(cidr: string, address: string): boolean {
  const [network, bits] = cidr.split('/') as [string, string]
  if (isIPv6(network) !== isIPv6(address)) return false
  const list = new BlockList()
  const family = isIPv6(network) ? 'ipv6' : 'ipv4'
  list.addSubnet(network, Number(bits), family)
  return list.check(address, family)
}
