import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Gate } from './gate.tsx'
import { linkToken } from './link-token.ts'

const fields = [
  { name: 'name', label: 'Your name', type: 'text', autoComplete: 'name', hint: undefined },
  { name: 'email', label: 'E-mail', type: 'email', autoComplete: 'username', hint: undefined },
  {
    name: 'password',
    label: 'Password',
    type: 'password',
    autoComplete: 'new-password',
    hint: 'At least 12 characters. A sentence is fine.',
  },
] as const

export function SetupPage() {
  const [token] = useState(linkToken)
  const setup = useQuery({ queryKey: ['setup'], queryFn: api.setupNeeded, staleTime: 0 })
  if (setup.data && !setup.data.needed) {
    return (
      <Gate
        title="Setup is done"
        lead="This installation already has its first administrator. The setup link works once."
      >
        <Link to="/sign-in" className={buttonClass('primary')}>
          Sign in
        </Link>
      </Gate>
    )
  }
  if (token === '') {
    return (
      <Gate
        title="Open the setup link"
        lead="Indag printed a one-time link when it started, such as http://localhost:8080/setup#token=… Open that link to make the first administrator."
      >
        <p className="text-sm text-muted">
          The terminal is gone? Stop Indag and run <code>npm start</code> again: until someone has used it, each start
          prints the link.
        </p>
      </Gate>
    )
  }
  return <SetupForm token={token} />
}

function SetupForm({ token }: { token: string }) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [values, setValues] = useState({ name: '', email: '', password: '' })
  const setUp = useMutation({
    mutationFn: () => api.setUp({ token, ...values }),
    onSuccess: async () => {
      queries.clear()
      await navigate({ to: '/', replace: true })
    },
  })
  const problem = setUp.error ? toProblem(setUp.error) : undefined
  const errorOf = (name: string) => problem?.errors?.find((entry) => entry.path.endsWith(name))?.message
  return (
    <Gate title="Create the first administrator" lead="One account to begin with. More people can follow later.">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          setUp.mutate()
        }}
      >
        {fields.map((field) => (
          <Field key={field.name} label={field.label} hint={field.hint} error={errorOf(field.name)}>
            {(ids) => (
              <input
                {...ids}
                className="field"
                type={field.type}
                autoComplete={field.autoComplete}
                required
                autoFocus={field.name === 'name'}
                value={values[field.name]}
                onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <ProblemNotice error={setUp.error} />
        {problem?.status === 410 && (
          <Link to="/sign-in" className={buttonClass('plain')}>
            Sign in instead
          </Link>
        )}
        <Button type="submit" look="primary" className="w-full" disabled={setUp.isPending}>
          {setUp.isPending ? 'Creating…' : 'Create and sign in'}
        </Button>
      </form>
    </Gate>
  )
}
