import { useRef, useState } from 'react'
import { Upload } from 'lucide-react'
import { api } from '../../../api/client.ts'
import type { DatasetView, SourceDetail } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Time } from '../../../ui/time.tsx'
import { useMayWrite } from './enabled-section.tsx'
import { useChangeSource } from './use-change-source.ts'

type Load = { text: string; contentType: 'text/plain' | 'text/csv'; name: string }

const isOwnList = (dataset: DatasetView) =>
  typeof dataset.origin === 'object' && dataset.origin !== null && 'list' in dataset.origin

export function DatasetSection({ source }: { source: SourceDetail }) {
  const dataset = source.dataset
  if (!dataset) return null
  return (
    <Section id="dataset" title="Dataset" note={`matched by ${dataset.key}`}>
      <div className="space-y-3 text-sm">
        <p>
          {!dataset.records ? (
            'Nothing is loaded yet.'
          ) : (
            <>
              {dataset.records.toLocaleString('en')} records
              {typeof dataset.version === 'number' && `, version ${dataset.version}`}
              {dataset.updatedAt && (
                <>
                  , loaded <Time at={dataset.updatedAt} />
                </>
              )}
              .
            </>
          )}
          {dataset.detail && <span className="text-muted"> {dataset.detail}</span>}
        </p>
        {isOwnList(dataset) && <LoadList source={source} />}
      </div>
    </Section>
  )
}

function LoadList({ source }: { source: SourceDetail }) {
  const [pasted, setPasted] = useState('')
  const picker = useRef<HTMLInputElement>(null)
  const mayWrite = useMayWrite()
  const load = useChangeSource(
    source.slug,
    ({ text, contentType }: Load) => api.loadDataset(source.slug, text, contentType),
    ({ name }) => `Loaded ${name} into ${source.name}`,
  )
  const pick = async (file: File | undefined) => {
    if (!file) return
    const contentType = file.name.endsWith('.csv') ? 'text/csv' : 'text/plain'
    load.mutate({ text: await file.text(), contentType, name: file.name })
  }
  return (
    <div className="space-y-2">
      <p className="text-muted">
        Your own list: one key a line, or CSV with key, label, verdict. A new list replaces the old one at once.
      </p>
      <textarea
        aria-label="Keys, one a line"
        className="field h-28! py-1.5 font-mono"
        placeholder={'203.0.113.0/24\n198.51.100.7'}
        disabled={!mayWrite}
        value={pasted}
        onChange={(event) => setPasted(event.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          disabled={!mayWrite || pasted.trim() === '' || load.isPending}
          onClick={() => load.mutate({ text: pasted, contentType: 'text/plain', name: 'the pasted list' })}
        >
          Load this list
        </Button>
        <Button disabled={!mayWrite || load.isPending} onClick={() => picker.current?.click()}>
          <Upload aria-hidden className="size-4" /> Choose a file
        </Button>
        <input
          ref={picker}
          type="file"
          accept=".txt,.csv,text/plain,text/csv"
          aria-label="List file"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => void pick(event.target.files?.[0])}
        />
      </div>
      {load.data && load.data.rejected.length > 0 && (
        <div role="status" className="text-xs">
          <p className="font-medium">{load.data.rejected.length} lines were left out:</p>
          <ul className="max-h-32 overflow-auto text-muted">
            {load.data.rejected.slice(0, 50).map((line) => (
              <li key={line.line}>
                line {line.line}: <code>{line.text}</code> {line.reason}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ProblemNotice error={load.error} />
    </div>
  )
}
