import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import type { ConfigProperty, SourceDetail } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ConfigField } from './config-field.tsx'
import { useMayWrite } from './enabled-section.tsx'
import { useChangeSource } from './use-change-source.ts'

/** The settings of a source, as its own JSON Schema describes them. */
export function ConfigSection({ source }: { source: SourceDetail }) {
  const properties = Object.entries(source.configSchema?.properties ?? {})
  const [edited, setEdited] = useState<Record<string, unknown>>({})
  const mayWrite = useMayWrite()
  const save = useChangeSource(
    source.slug,
    async (config: Record<string, unknown>) => {
      await api.changeSource(source, { config })
      setEdited({})
    },
    () => `Saved the settings of ${source.name}`,
  )
  const errors = save.error ? toProblem(save.error).errors : undefined
  const valueOf = (name: string, property: ConfigProperty) =>
    name in edited ? edited[name] : (source.config[name] ?? property.default)
  return (
    <Section
      id="config"
      title="Settings"
      note={<span id="hosts">May reach: {source.hosts.length > 0 ? source.hosts.join(', ') : 'no host'}</span>}
    >
      {properties.length === 0 ? (
        <p className="text-sm text-muted">Nothing to set.</p>
      ) : (
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate(edited)
          }}
        >
          {properties.map(([name, property]) => (
            <ConfigField
              key={name}
              name={name}
              property={property}
              value={valueOf(name, property)}
              disabled={!mayWrite}
              error={errors?.find((entry) => entry.path.split('.').at(-1) === name)?.message}
              onChange={(value) => setEdited({ ...edited, [name]: value })}
            />
          ))}
          <ProblemNotice error={save.error} />
          <Button
            type="submit"
            look="primary"
            disabled={!mayWrite || Object.keys(edited).length === 0 || save.isPending}
          >
            Save settings
          </Button>
        </form>
      )}
    </Section>
  )
}
