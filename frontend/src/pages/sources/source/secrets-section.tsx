import type { SourceDetail } from '../../../api/types.ts'
import { Section } from '../../../ui/layout/section.tsx'
import { SecretForm } from './secret-form.tsx'

export function SecretsSection({ source }: { source: SourceDetail }) {
  return (
    <Section id="secrets" title="Keys" note="Tested with the provider before they are saved, never shown again.">
      <ul className="space-y-6">
        {source.secrets.map((secret) => (
          <li key={`${source.organizationId} ${secret.name}`}>
            <SecretForm source={source} secret={secret} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
