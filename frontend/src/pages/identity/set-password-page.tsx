import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { fieldError, toProblem } from '../../api/problem.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { TextField } from '../../ui/form/text-field.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Gate } from './gate.tsx'
import { linkToken } from './link-token.ts'

/** Where an invitation and a reset link lead: a password, and then straight in. */
export function SetPasswordPage() {
  const [token] = useState(linkToken)
  if (token !== '') return <PasswordForm token={token} />
  return (
    <Gate
      title="Open the whole link"
      lead="The link that an administrator gave you ends in #token=… and that part is missing here. Copy it whole."
    >
      <Link to="/sign-in" className={buttonClass()}>
        Sign in instead
      </Link>
    </Gate>
  )
}

function PasswordForm({ token }: { token: string }) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const set = useMutation({
    mutationFn: () => api.setPassword({ token, password }),
    onSuccess: async () => {
      queries.clear()
      await navigate({ to: '/', replace: true })
    },
  })
  const status = set.error ? toProblem(set.error).status : 0
  const differs = again !== '' && again !== password
  return (
    <Gate
      title="Choose your password"
      lead="The link works once. Afterwards you sign in with your e-mail and this password."
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (password === again) set.mutate()
        }}
      >
        <TextField
          label="New password"
          hint="At least 12 characters. A sentence is fine."
          error={fieldError(set.error, 'password')}
          type="password"
          autoComplete="new-password"
          required
          autoFocus
          value={password}
          onChange={setPassword}
        />
        <TextField
          label="The same again"
          error={differs ? 'is not the same' : undefined}
          type="password"
          autoComplete="new-password"
          required
          value={again}
          onChange={setAgain}
        />
        <ProblemNotice error={set.error} />
        {(status === 401 || status === 410) && (
          <Link to="/sign-in" className={buttonClass('plain')}>
            Sign in instead
          </Link>
        )}
        <Button type="submit" look="primary" className="w-full" disabled={set.isPending || differs}>
          {set.isPending ? 'Setting…' : 'Set password and sign in'}
        </Button>
      </form>
    </Gate>
  )
}
