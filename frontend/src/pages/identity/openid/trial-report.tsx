import type { OpenIdTrial } from '../../../api/openid-calls.ts'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { Time } from '../../../ui/time.tsx'

const ways = {
  linked: 'They would enter as the user they are linked to',
  link: 'They would be linked, by their verified e-mail, to the user',
  create: 'A user would be made',
}

/** What a trial has shown: would they enter, by which rule, with which role; and every claim that came. */
export function TrialReport({ trial }: { trial: OpenIdTrial }) {
  const { report } = trial
  if (!report) return null
  const { problem, rule, grade, how, user, claims } = report
  return (
    <div data-trial={trial.slug} className="space-y-3 rounded-md border border-line p-3 text-sm">
      <p className="text-xs text-muted">
        Trial of {trial.slug}, <Time at={trial.createdAt} />
      </p>
      {problem ? (
        <div role="alert" data-problem={problem.code} className="space-y-1">
          <p className="font-medium text-bad">{problem.title}</p>
          <p className="break-words text-muted">{problem.detail}</p>
          <p className="break-words">{problem.fix}</p>
        </div>
      ) : (
        <p>
          {how && ways[how]}: <span className="font-medium">{user?.name}</span> {user?.email}
        </p>
      )}
      {grade && (
        <p data-role={grade.role}>
          Role <span className="font-medium">{grade.role}</span>{' '}
          {rule === null ? 'because no rule fits' : `by rule ${rule + 1}`}
        </p>
      )}
      {claims && <CodeBlock text={JSON.stringify(claims, null, 2)} what="claims" />}
    </div>
  )
}
