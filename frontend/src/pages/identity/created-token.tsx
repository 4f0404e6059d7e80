import { Copy } from 'lucide-react'
import type { CreatedApiToken } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { copy } from '../../ui/clipboard.ts'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Section } from '../../ui/layout/section.tsx'

/** The one time that a token is readable, with a command that uses it. */
export function CreatedToken({ token, onDone }: { token: CreatedApiToken; onDone: () => void }) {
  const { origin } = window.location
  const curl = token.scopes.includes('requests:write')
    ? `curl -sS -X POST '${origin}/api/v1/requests' \\
  -H 'Authorization: Bearer ${token.token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"indicators":["1.1.1.1"],"wait":true}'`
    : `curl -sS '${origin}/api/v1/me' \\
  -H 'Authorization: Bearer ${token.token}'`
  return (
    <Section
      title={`Token “${token.name}”`}
      note="Copy it now: it is shown once."
      actions={
        <Button size="small" onClick={onDone}>
          Done
        </Button>
      }
    >
      <div className="space-y-3">
        <div className="flex items-center gap-2">
          <code
            data-new-token
            className="min-w-0 flex-1 rounded-md border border-line bg-sunken px-3 py-1.5 text-xs break-all"
          >
            {token.token}
          </code>
          <Button onClick={() => void copy(token.token, 'the token')}>
            <Copy aria-hidden className="size-4" /> Copy
          </Button>
        </div>
        <CodeBlock text={curl} what="curl command" />
      </div>
    </Section>
  )
}
