import { Code, LoaderCircle, Play } from 'lucide-react'
import { useState } from 'react'
import { PAP_LEVELS, TLP_LEVELS } from '../../../../api/types.ts'
import type { Pap, Tlp } from '../../../../api/types.ts'
import { without } from '../../../../search.ts'
import type { ChangeSearch, InvestigateSearch } from '../../../../search.ts'
import { Button } from '../../../../ui/button.tsx'
import { Segmented } from '../../../../ui/segmented.tsx'
import { SnippetDialog } from '../../../../snippet/snippet-dialog.tsx'
import { extractCall, requestCall } from '../../api-calls.ts'
import { PAP_MEANING, TLP_MEANING, TlpDot } from '../../marking.tsx'
import { ExposureSummary } from './exposure-summary.tsx'
import { SourceTable } from './source-table.tsx'
import type { Plan } from '../use-plan.ts'

type Props = {
  plan: Plan
  search: InvestigateSearch
  onSearch: ChangeSearch<InvestigateSearch>
  ready: boolean
  running: boolean
  onRun: () => void
}

/** How far it may go, who is asked, and what exactly would be sent where; then Run. */
export function RunPanel({ plan, search, onSearch, ready, running, onRun }: Props) {
  const [showSnippet, setShowSnippet] = useState(false)
  const tlp = search.tlp ?? 'AMBER'
  const pap = search.pap ?? 'AMBER'
  return (
    <aside
      aria-label="How to ask"
      className="min-w-0 self-start rounded-lg border border-line bg-surface xl:sticky xl:top-0"
    >
      <div className="space-y-3 border-b border-line p-4">
        <Marking<Tlp>
          name="TLP"
          value={tlp}
          levels={TLP_LEVELS}
          meaning={TLP_MEANING}
          onChange={(value) => onSearch((now) => ({ ...now, tlp: value }))}
        />
        <Marking<Pap>
          name="PAP"
          value={pap}
          levels={PAP_LEVELS}
          meaning={PAP_MEANING}
          onChange={(value) => onSearch((now) => ({ ...now, pap: value }))}
        />
        <div className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
          <Option
            label="Ask again, ignore the cache"
            on={search.fresh === true}
            onChange={(on) => onSearch((now) => (on ? { ...now, fresh: true } : without(now, 'fresh')))}
          />
          <Option
            label="Also the hosts of URLs and mails"
            on={search.hosts === true}
            onChange={(on) => onSearch((now) => (on ? { ...now, hosts: true } : without(now, 'hosts')))}
          />
          <Option
            label="Skip a source at its limit instead of waiting"
            on={search.skip === true}
            onChange={(on) => onSearch((now) => (on ? { ...now, skip: true } : without(now, 'skip')))}
          />
        </div>
      </div>
      <SourceTable plan={plan} search={search} onSearch={onSearch} />
      <div className="sticky bottom-0 space-y-3 rounded-b-lg border-t border-line bg-surface p-4">
        <ExposureSummary plan={plan} search={search} />
        <div className="flex gap-2">
          <Button look="primary" className="flex-1" disabled={!ready || running} onClick={onRun}>
            {running ? (
              <LoaderCircle aria-hidden className="size-4 animate-spin" />
            ) : (
              <Play aria-hidden className="size-4" />
            )}
            Run
          </Button>
          <Button disabled={!ready} onClick={() => setShowSnippet(true)}>
            <Code aria-hidden className="size-4" /> API
          </Button>
        </div>
      </div>
      <SnippetDialog
        open={showSnippet}
        onClose={() => setShowSnippet(false)}
        calls={[
          requestCall(plan.body),
          extractCall({ text: plan.text, ...(search.hosts === true ? { hosts: true } : {}) }),
        ]}
      />
    </aside>
  )
}

function Option({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex items-center gap-2">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}

type MarkingProps<T extends Tlp> = {
  name: 'TLP' | 'PAP'
  value: T
  levels: readonly T[]
  meaning: Record<T, string>
  onChange: (value: T) => void
}

function Marking<T extends Tlp>({ name, value, levels, meaning, onChange }: MarkingProps<T>) {
  return (
    <div>
      <div className="flex flex-wrap items-center gap-2">
        <span className="w-8 text-xs font-semibold text-muted">{name}</span>
        <Segmented<T>
          name={name}
          legend={name === 'TLP' ? 'Traffic Light Protocol' : 'Permissible Actions Protocol'}
          value={value}
          onChange={onChange}
          options={levels.map((level) => ({
            value: level,
            title: meaning[level],
            label: (
              <>
                <TlpDot level={level} /> {level}
              </>
            ),
          }))}
        />
      </div>
      <p className="mt-1 text-xs text-muted sm:pl-10">{meaning[value]}</p>
    </div>
  )
}
