import { useState } from 'react'
import { openIdCalls, type OpenIdProvider } from '../../../api/openid-calls.ts'
import { toProblem } from '../../../api/problem.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'
import { type Draft, draftOf, emptyDraft, wishOf } from './draft.ts'
import { ProviderFields } from './provider-fields.tsx'
import { Tester } from './tester.tsx'

type Props = { provider: OpenIdProvider | null; onDone: (slug: string | null) => void }

/** One provider: its settings, and the tester, which takes them as they stand here. */
export function ProviderEditor({ provider, onDone }: Props) {
  const [draft, setDraft] = useState<Draft>(() => (provider ? draftOf(provider) : emptyDraft))
  const save = useChange({
    run: () =>
      provider
        ? openIdCalls.changeOpenIdProvider(provider.slug, wishOf(draft))
        : openIdCalls.createOpenIdProvider({ slug: draft.slug, ...wishOf(draft) }),
    said: (saved) => `Saved ${saved.name}`,
    onDone: (saved) => {
      setDraft((now) => ({ ...now, clientSecret: '' }))
      onDone(saved.slug)
    },
  })
  const remove = useChange({
    run: () => openIdCalls.deleteOpenIdProvider(draft.slug),
    said: () => `Deleted ${draft.name}`,
    onDone: () => onDone(null),
  })
  const errors = save.error ? toProblem(save.error).errors : undefined
  return (
    <div className="space-y-4">
      <Section
        title={provider ? provider.name : 'New provider'}
        actions={
          provider && (
            <div className="flex gap-2">
              <ConfirmButton
                yes="Yes, delete it"
                disabled={remove.isPending}
                onConfirm={() => remove.mutate(undefined)}
              >
                Delete
              </ConfirmButton>
            </div>
          )
        }
      >
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate(undefined)
          }}
        >
          <ProviderFields
            draft={draft}
            isNew={provider === null}
            hasSecret={provider?.hasClientSecret ?? false}
            errorOf={(path) => errors?.find((entry) => entry.path === path)?.message}
            onChange={(part) => setDraft((now) => ({ ...now, ...part }))}
          />
          <ProblemNotice error={save.error ?? remove.error} />
          <Button type="submit" look="primary" disabled={save.isPending}>
            {save.isPending ? 'Saving…' : 'Save provider'}
          </Button>
        </form>
      </Section>
      <Tester draft={draft} />
    </div>
  )
}
