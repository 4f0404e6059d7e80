import { useNavigate } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import type { SourceDetail } from '../../../api/types.ts'
import { defang } from '../../../indicator/defang.ts'
import { KindIcon } from '../../../indicator/kinds.tsx'
import { Button } from '../../../ui/button.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { saveDraft } from '../../enrichment/investigate/draft.ts'

/** Values to try the source with; Try opens them with only this source ticked. */
export function ExamplesSection({ source }: { source: SourceDetail }) {
  const navigate = useNavigate()
  const values = [...new Map(source.examples.map(({ indicator }) => [indicator.value, indicator])).values()]
  const attempt = (value: string) => {
    saveDraft(value)
    void navigate({ to: '/', search: { sources: source.slug } })
  }
  if (values.length === 0) return null
  return (
    <Section title="Examples">
      <ul className="space-y-1">
        {values.slice(0, 8).map((indicator) => (
          <li key={indicator.value} className="flex items-center gap-2">
            <KindIcon kind={indicator.kind} />
            <span className="min-w-0 flex-1 truncate font-mono text-xs">{defang(indicator.value)}</span>
            <Button
              size="small"
              look="ghost"
              aria-label={`Try ${indicator.value}`}
              onClick={() => attempt(indicator.value)}
            >
              <Play aria-hidden className="size-3.5" /> Try
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  )
}
