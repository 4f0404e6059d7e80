import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'

/** Another password; whoever is signed in elsewhere with the old one is out. */
export function PasswordForm() {
  const [currentPassword, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useChange({
    run: () => api.changePassword({ currentPassword, password }),
    said: ({ endedSessions }) =>
      endedSessions === 0 ? 'Changed your password' : `Changed your password; ${endedSessions} other sessions ended`,
    onDone: () => {
      setCurrent('')
      setPassword('')
    },
  })
  return (
    <Section title="Password">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <TextField
          label="Present password"
          error={fieldError(change.error, 'currentPassword')}
          type="password"
          autoComplete="current-password"
          required
          value={currentPassword}
          onChange={setCurrent}
        />
        <TextField
          label="New password"
          hint="At least 12 characters. Your other sessions end."
          error={fieldError(change.error, 'password')}
          type="password"
          autoComplete="new-password"
          required
          value={password}
          onChange={setPassword}
        />
        <ProblemNotice error={change.error} />
        <Button type="submit" disabled={change.isPending}>
          Change password
        </Button>
      </form>
    </Section>
  )
}
