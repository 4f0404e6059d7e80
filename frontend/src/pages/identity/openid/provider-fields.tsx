import type { Role } from '../../../api/types.ts'
import { SelectField } from '../../../ui/form/select-field.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import type { Draft } from './draft.ts'
import { ROLES, RuleList } from './rule-list.tsx'

type Props = {
  draft: Draft
  isNew: boolean
  hasSecret: boolean
  errorOf: (path: string) => string | undefined
  onChange: (part: Partial<Draft>) => void
}

const switches = [
  ['enabled', 'Offered on the sign-in page', ''],
  ['creates', 'Make a user at the first sign-in', 'Otherwise only people who have a user here may enter.'],
  [
    'linkByEmail',
    'Trust its verified e-mails',
    'A first sign-in with the verified e-mail of a user enters as that user: whoever runs the provider can then enter as anybody.',
  ],
  ['readUserInfo', 'Read the user info as well', 'For claims that the ID token does not carry.'],
] as const

/** All settings of a provider. */
export function ProviderFields({ draft, isNew, hasSecret, errorOf, onChange }: Props) {
  const text = (name: 'name' | 'slug' | 'issuer' | 'clientId' | 'clientSecret' | 'scopes' | 'allowedDomains') => ({
    value: draft[name],
    error: errorOf(name),
    onChange: (value: string) => onChange({ [name]: value }),
  })
  return (
    <div className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Name" required maxLength={100} hint="As the sign-in page shows it." {...text('name')} />
        <TextField label="Slug" required disabled={!isNew} hint="A part of the redirect URI." {...text('slug')} />
      </div>
      <TextField
        label="Issuer"
        required
        hint="To the letter, such as https://login.example.org/realms/company. It may be an address inside your network: only administrators set it."
        {...text('issuer')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Client id" required autoComplete="off" {...text('clientId')} />
        <TextField
          label="Client secret"
          type="password"
          autoComplete="new-password"
          hint={hasSecret ? 'It is saved; leave this empty to keep it.' : 'Empty for a public client.'}
          {...text('clientSecret')}
        />
        <TextField label="Scopes" required {...text('scopes')} />
        <TextField
          label="E-mail domains"
          hint="Empty: any. Counts verified e-mails only."
          {...text('allowedDomains')}
        />
      </div>
      <RuleList rules={draft.rules} onChange={(rules) => onChange({ rules })} />
      <SelectField
        label="When no rule fits"
        value={draft.fallback}
        onChange={(fallback) => onChange({ fallback: fallback as Role | '' })}
      >
        <option value="">Refuse</option>
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </SelectField>
      <fieldset className="space-y-2">
        <legend className="sr-only">Switches</legend>
        {switches.map(([name, label, hint]) => (
          <label key={name} className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              className="mt-1"
              checked={draft[name]}
              onChange={(event) => onChange({ [name]: event.target.checked })}
            />
            <span>
              {label}
              {hint && <span className="block text-xs text-muted">{hint}</span>}
            </span>
          </label>
        ))}
      </fieldset>
    </div>
  )
}
