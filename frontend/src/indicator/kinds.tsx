import { useQuery } from '@tanstack/react-query'
import {
  AtSign,
  Bitcoin,
  Bug,
  Fingerprint,
  Globe,
  Hash,
  Link2,
  Network,
  Phone,
  Server,
  Shapes,
  Waypoints,
} from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { kindsQuery } from '../api/queries.ts'

const icons: Record<string, LucideIcon> = {
  ipv4: Server,
  ipv6: Server,
  cidr: Network,
  domain: Globe,
  url: Link2,
  email: AtSign,
  md5: Hash,
  sha1: Hash,
  sha256: Hash,
  sha512: Hash,
  cve: Bug,
  asn: Waypoints,
  bitcoin: Bitcoin,
  phone: Phone,
  ja3: Fingerprint,
  ja4: Fingerprint,
}

export function KindIcon({ kind }: { kind: string }) {
  const Icon = icons[kind] ?? Shapes
  return <Icon aria-hidden className="size-4 shrink-0 text-faint" />
}

/** Names of kinds, as the backend gives them; the slug until they are known. */
export function useKinds() {
  const { data } = useQuery(kindsQuery)
  const find = (slug: string) => data?.find((kind) => kind.slug === slug)
  return {
    all: data ?? [],
    name: (slug: string) => find(slug)?.name ?? slug,
    plural: (slug: string) => find(slug)?.plural ?? slug,
    enrichable: (slug: string) => find(slug)?.enrichable ?? true,
  }
}
