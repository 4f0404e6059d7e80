import { useState } from 'react'
import type { CreatedApiToken } from '../../../api/types.ts'
import { snippet } from '../../../snippet/snippet.ts'
import { Button } from '../../../ui/button.tsx'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { SelectField } from '../../../ui/form/select-field.tsx'
import { ShownOnce } from '../../../ui/form/shown-once.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { callsFor } from './token-calls.ts'

/** The one time that a token is readable, with a command that uses it. */
export function CreatedToken({ token, onDone }: { token: CreatedApiToken; onDone: () => void }) {
  const calls = callsFor(token.scopes)
  const [name, setName] = useState(calls[0].name)
  const call = calls.find((each) => each.name === name) ?? calls[0]
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
        <ShownOnce text={token.token} what="the token" />
        {calls.length > 1 && (
          <SelectField label="Try it with" value={call.name} onChange={setName}>
            {calls.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </SelectField>
        )}
        <CodeBlock text={snippet('curl', call, window.location.origin, token.token)} what="curl command" />
      </div>
    </Section>
  )
}
