import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Gate } from './gate.tsx'
import { SignInProblemNotice, SignInProviders } from './openid/sign-in-choices.tsx'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { next, ended, problem } = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => api.signIn({ email, password }),
    onSuccess: async () => {
      queries.clear()
      await navigate({ href: next ?? '/', replace: true })
    },
  })
  return (
    <Gate title="Sign in to Indag" lead="Ask many sources about an indicator, and see why they disagree.">
      {problem && !signIn.error && <SignInProblemNotice code={problem} />}
      {ended && !signIn.error && (
        <p role="status" className="mb-4 rounded-md border border-line bg-surface p-3 text-sm">
          Your session has ended. Sign in again.
        </p>
      )}
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <Field label="E-mail">
          {(ids) => (
            <input
              {...ids}
              className="field"
              type="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password">
          {(ids) => (
            <input
              {...ids}
              className="field"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <ProblemNotice error={signIn.error} />
        <Button type="submit" look="primary" className="w-full" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      <SignInProviders next={next} />
    </Gate>
  )
}
