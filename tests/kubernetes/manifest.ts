/** What the tests read of manifests; that the rest is right is said by the schemas. */
export type Labels = Record<string, string>
type Probe = {
  httpGet?: { path: string; port: string | number }
  tcpSocket?: { port: string | number }
  grpc?: { port: number }
  exec?: { command: string[] }
}
export type Container = {
  name: string
  image: string
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[]
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[]
  ports?: { name: string; containerPort: number }[]
  startupProbe?: Probe
  readinessProbe?: Probe
  livenessProbe?: Probe
  lifecycle?: { preStop?: { sleep?: { seconds: number } } }
  resources: { requests: Labels; limits: Labels }
  securityContext: {
    allowPrivilegeEscalation: boolean
    readOnlyRootFilesystem: boolean
    capabilities: { drop: string[]; add?: string[] }
    seccompProfile?: { type: string; localhostProfile?: string }
  }
  volumeMounts?: { name: string; mountPath: string }[]
}
export type PodSpec = {
  automountServiceAccountToken: boolean
  terminationGracePeriodSeconds?: number
  securityContext: { runAsNonRoot: boolean; runAsUser: number; seccompProfile: { type: string } }
  containers: Container[]
  volumes?: { name: string }[]
}
export type Peer = {
  podSelector?: Selector
  namespaceSelector?: Selector
  ipBlock?: { cidr: string; except?: string[] }
}
export type Selector = {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}
export type PolicyRule = { from?: Peer[]; to?: Peer[]; ports?: { protocol: string; port: string | number }[] }

export type Manifest = {
  kind: string
  metadata: { name: string; namespace?: string; labels?: Labels }
  data?: Labels
  stringData?: Labels
  spec: {
    replicas?: number
    selector?: Selector & Labels
    template?: { metadata: { labels: Labels }; spec: PodSpec }
    volumeClaimTemplates?: { metadata: { name: string } }[]
    serviceName?: string
    ports?: { name: string; port: number; targetPort: string | number }[]
    scaleTargetRef?: { kind: string; name: string }
    minReplicas?: number
    maxReplicas?: number
    minAvailable?: number
    maxUnavailable?: number
    podSelector?: Selector
    policyTypes?: string[]
    ingress?: PolicyRule[]
    egress?: PolicyRule[]
  }
}

export type Workload = Manifest & { spec: { template: { metadata: { labels: Labels }; spec: PodSpec } } }

export const workloadsOf = (manifests: Manifest[]): Workload[] =>
  manifests.filter((one): one is Workload => one.spec?.template !== undefined)

export const ofKind = (manifests: Manifest[], kind: string): Manifest[] => manifests.filter((one) => one.kind === kind)

export function matches(selector: Selector | undefined, labels: Labels): boolean {
  if (!selector) return false
  const pairs = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  return pairs && (selector.matchExpressions ?? []).every((one) => holds(one, labels[one.key]))
}

function holds({ operator, values = [] }: { operator: string; values?: string[] }, value: string | undefined): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value)
  throw new Error(`The tests do not know the operator ${operator}`)
}
