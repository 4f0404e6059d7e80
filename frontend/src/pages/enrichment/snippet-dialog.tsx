import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { RequestBody } from '../../api/types.ts'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { LANGUAGES, snippet } from './snippet.ts'
import type { Language } from './snippet.ts'

/** The action of the page as a program, with the same parameters. */
export function SnippetDialog({ open, onClose, body }: { open: boolean; onClose: () => void; body: RequestBody }) {
  const [language, setLanguage] = useState<Language>('curl')
  return (
    <Dialog open={open} onClose={onClose} title="The same request by API" wide>
      <div className="space-y-3">
        <Segmented
          name="language"
          legend="Language"
          value={language}
          options={LANGUAGES.map((name) => ({ value: name, label: name }))}
          onChange={setLanguage}
        />
        <CodeBlock text={snippet(language, body, window.location.origin)} what={`${language} snippet`} />
        <p className="text-xs text-muted">
          It reads the token from <code>INDAG_TOKEN</code>; make one on the{' '}
          <Link to="/tokens" className="text-accent underline">
            tokens page
          </Link>{' '}
          with the scope requests:write.
        </p>
      </div>
    </Dialog>
  )
}
