/** Who asks, for which organization. */
export type Asker = {
  id: string
  name: string
  /** The request belongs there. */
  organizationId: string
  /** Told how many indicators are asked about before anything is kept; refuses by throwing. */
  charge(indicators: number): void
}
