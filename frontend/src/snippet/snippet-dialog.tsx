import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { CodeBlock } from '../ui/code-block.tsx'
import { Dialog } from '../ui/overlay/dialog.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { LANGUAGES, snippet } from './snippet.ts'
import type { ApiCall, Language } from './snippet.ts'

type Props = { open: boolean; onClose: () => void; calls: readonly [ApiCall, ...ApiCall[]] }

/** What the page does as a program, with the same parameters; several calls are chosen between. */
export function SnippetDialog({ open, onClose, calls }: Props) {
  const [language, setLanguage] = useState<Language>('curl')
  const [name, setName] = useState(calls[0].name)
  const call = calls.find((one) => one.name === name) ?? calls[0]
  return (
    <Dialog open={open} onClose={onClose} title="The same by API" wide>
      <div className="space-y-3">
        <div className="flex flex-wrap justify-between gap-2">
          <Segmented
            name="language"
            legend="Language"
            value={language}
            options={LANGUAGES.map((each) => ({ value: each, label: each }))}
            onChange={setLanguage}
          />
          {calls.length > 1 && (
            <Segmented
              name="call"
              legend="Call"
              value={call.name}
              options={calls.map((each) => ({ value: each.name, label: each.name }))}
              onChange={setName}
            />
          )}
        </div>
        <CodeBlock text={snippet(language, call, window.location.origin)} what={`${language} snippet`} />
        <p className="text-xs text-muted">
          It reads the token from <code>INDAG_TOKEN</code>; make one on the{' '}
          <Link to="/tokens" className="text-accent underline">
            tokens page
          </Link>{' '}
          with the scope {call.scope}.
        </p>
      </div>
    </Dialog>
  )
}
