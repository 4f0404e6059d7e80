import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import type { Me } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'

export function NameForm({ me }: { me: Me }) {
  const [name, setName] = useState(me.user.name)
  const change = useChange({ run: () => api.changeMe({ name: name.trim() }), said: () => 'Saved your name' })
  return (
    <Section title="Own data">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <TextField
          label="Name"
          hint="Seen beside what you do. Your e-mail is changed by an administrator."
          error={fieldError(change.error, 'name')}
          required
          maxLength={100}
          autoComplete="name"
          value={name}
          onChange={setName}
        />
        <ProblemNotice error={change.error} />
        <Button type="submit" disabled={change.isPending || name.trim() === me.user.name || name.trim() === ''}>
          Save name
        </Button>
      </form>
    </Section>
  )
}
