import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { organizationsQuery } from '../../../api/identity-queries.ts'
import type { Role } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/field.tsx'
import { SelectField } from '../../../ui/form/select-field.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { newRule, type RuleDraft } from './draft.ts'

export const ROLES: readonly Role[] = ['viewer', 'editor', 'org-admin', 'super-admin']

type Props = { rules: RuleDraft[]; onChange: (rules: RuleDraft[]) => void }

/** Which claim brings which role: in order, the first that fits decides. */
export function RuleList({ rules, onChange }: Props) {
  const change = (key: number, part: Partial<RuleDraft>) =>
    onChange(rules.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)))
  return (
    <fieldset className="space-y-3">
      <legend className="text-sm font-medium">Rules</legend>
      <p className="text-xs text-muted">The first rule that fits gives the role, at each sign-in anew.</p>
      {rules.map((rule, index) => (
        <RuleFields
          key={rule.key}
          rule={rule}
          number={index + 1}
          onChange={(part) => change(rule.key, part)}
          onRemove={() => onChange(rules.filter(({ key }) => key !== rule.key))}
        />
      ))}
      <Button size="small" onClick={() => onChange([...rules, newRule()])}>
        <Plus aria-hidden className="size-3.5" /> Add a rule
      </Button>
    </fieldset>
  )
}

type RuleProps = {
  rule: RuleDraft
  number: number
  onChange: (part: Partial<RuleDraft>) => void
  onRemove: () => void
}

function RuleFields({ rule, number, onChange, onRemove }: RuleProps) {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  return (
    <div
      role="group"
      aria-label={`Rule ${number}`}
      className="grid gap-3 rounded-md border border-line p-3 sm:grid-cols-2"
    >
      <TextField label="Claim" required value={rule.claim} onChange={(claim) => onChange({ claim })} />
      <SelectField
        label="Fits when it"
        value={rule.operator}
        onChange={(operator) => onChange({ operator: operator as RuleDraft['operator'] })}
      >
        <option value="contains">contains</option>
        <option value="equals">equals</option>
      </SelectField>
      <Field label="One of these values" hint="One a line, to the letter.">
        {(ids) => (
          <textarea
            {...ids}
            className="field h-auto! min-h-8 font-mono"
            rows={Math.max(1, rule.values.split('\n').length)}
            required
            value={rule.values}
            onChange={(event) => onChange({ values: event.target.value })}
          />
        )}
      </Field>
      <SelectField label="Role" value={rule.role} onChange={(role) => onChange({ role: role as Role })}>
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </SelectField>
      <SelectField
        label="Organization"
        value={rule.organizationId ?? ''}
        onChange={(id) => onChange({ organizationId: id || null })}
      >
        <option value="">Where they are</option>
        {organizations.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <div className="flex items-end justify-end">
        <Button size="small" look="ghost" aria-label={`Remove rule ${number}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
    </div>
  )
}
