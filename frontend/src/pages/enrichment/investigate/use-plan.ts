import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import type { Extraction, FoundIndicator, Indicator, RequestBody } from '../../../api/types.ts'
import { useKinds } from '../../../indicator/kinds.tsx'
import type { InvestigateSearch } from '../../../search.ts'
import { useDebounced } from './use-debounced.ts'

const EXTRACT_AFTER_MS = 120
const NOTHING: Extraction = { indicators: [], rejected: [] }

export const keyOf = (indicator: Indicator) => `${indicator.kind} ${indicator.value}`

/** What would run: the pasted text as indicators, what is ticked of it, and the preview of that very request. */
export function usePlan(text: string, search: InvestigateSearch) {
  const kinds = useKinds()
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set())
  const settled = useDebounced(text, EXTRACT_AFTER_MS).trim()
  const hosts = search.hosts === true
  const extraction = useQuery({
    queryKey: ['extract', settled, hosts],
    queryFn: ({ signal }) => api.extract({ text: settled, hosts }, signal),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
  })
  const { indicators, rejected } = (settled === '' ? undefined : extraction.data) ?? NOTHING
  const askable = indicators.filter((indicator) => kinds.enrichable(indicator.kind))
  const chosen = askable.filter((indicator) => !unticked.has(keyOf(indicator)))
  const body = requestBody(chosen, search)
  const preview = useQuery({
    queryKey: ['preview', body],
    queryFn: ({ signal }) => api.previewRequest(body, signal),
    enabled: chosen.length > 0 && search.sources !== NO_SOURCES,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    gcTime: 30_000,
  })
  const settling = text.trim() !== settled || extraction.isFetching || preview.isFetching
  const tick = (ticked: boolean, some: readonly FoundIndicator[]) => {
    const next = new Set(unticked)
    for (const indicator of some) {
      if (ticked) next.delete(keyOf(indicator))
      else next.add(keyOf(indicator))
    }
    setUnticked(next)
  }
  return {
    text: settled,
    indicators,
    rejected,
    chosen,
    body,
    settling,
    extracting: text.trim() !== settled || extraction.isFetching,
    preview: chosen.length > 0 ? preview.data : undefined,
    /** The preview is of the choice before; the one of this choice is on its way. */
    previewIsOld: preview.isPlaceholderData,
    error: extraction.error ?? preview.error,
    isTicked: (indicator: Indicator) => !unticked.has(keyOf(indicator)),
    tick,
  }
}
export type Plan = ReturnType<typeof usePlan>

/** Stands in the address for "no source chosen"; absent means all. */
export const NO_SOURCES = 'none'

export function requestBody(indicators: readonly Indicator[], search: InvestigateSearch): RequestBody {
  const sources = search.sources === NO_SOURCES ? [] : search.sources?.split(',')
  return {
    indicators: indicators.map(({ kind, value }) => ({ kind, value })),
    ...(sources ? { sources } : {}),
    tlp: search.tlp ?? 'AMBER',
    pap: search.pap ?? 'AMBER',
    ...(search.fresh ? { fresh: true } : {}),
    ...(search.skip ? { overQuota: 'skip' as const } : {}),
  }
}
