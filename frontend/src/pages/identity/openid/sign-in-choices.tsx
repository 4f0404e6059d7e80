import { useQuery } from '@tanstack/react-query'
import { CircleX } from 'lucide-react'
import { openIdCalls } from '../../../api/openid-calls.ts'
import { buttonClass } from '../../../ui/button.tsx'

/** The other ways in: a link to each provider. Without any there is nothing to see. */
export function SignInProviders({ next }: { next: string | undefined }) {
  const { data } = useQuery({ queryKey: ['sign-in-providers'], queryFn: openIdCalls.signInProviders, retry: false })
  if (!data || data.items.length === 0) return null
  const search = next === undefined ? '' : `?next=${encodeURIComponent(next)}`
  return (
    <nav aria-label="Other ways to sign in" className="mt-6 space-y-2 border-t border-line pt-4">
      {data.items.map(({ slug, name, startUrl }) => (
        <a key={slug} href={startUrl + search} className={`${buttonClass('plain')} w-full`}>
          Sign in with {name}
        </a>
      ))}
    </nav>
  )
}

/** Why a sign-in by a provider came to nothing. Its words come from the backend by the code: nothing of the address is shown. */
export function SignInProblemNotice({ code }: { code: string }) {
  const { data } = useQuery({
    queryKey: ['sign-in-problem', code],
    queryFn: () => openIdCalls.signInProblem(code),
    retry: false,
  })
  if (!data?.problem) return null
  const { title, detail, fix } = data.problem
  return (
    <div
      role="alert"
      data-problem={data.problem.code}
      className="mb-4 flex gap-3 rounded-md border border-line bg-broken-soft p-3 text-sm"
    >
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-broken" />
      <div className="min-w-0 space-y-1">
        <p className="font-medium">{title}</p>
        <p className="break-words text-muted">{detail}</p>
        <p className="break-words">{fix}</p>
      </div>
    </div>
  )
}
