import { useState } from 'react'
import type { Indicator } from '../../../../api/types.ts'
import { useKinds } from '../../../../indicator/kinds.tsx'
import { Button } from '../../../../ui/button.tsx'
import { Empty } from '../../../../ui/layout/empty.tsx'

/** Nothing was recognised: the user may know better, and say what the text is. */
export function NothingFound({ text, onAsk }: { text: string; onAsk: (indicator: Indicator) => void }) {
  const kinds = useKinds()
  const [kind, setKind] = useState('user-agent')
  const oneLine = !text.includes('\n') && text.length <= 500
  return (
    <section className="rounded-lg border border-line bg-surface">
      <Empty
        action={
          oneLine && (
            <div className="flex items-center gap-2">
              <label htmlFor="as-kind">Ask about it as</label>
              <select
                id="as-kind"
                className="field w-auto!"
                value={kind}
                onChange={(event) => setKind(event.target.value)}
              >
                {kinds.all
                  .filter((known) => known.enrichable)
                  .map((known) => (
                    <option key={known.slug} value={known.slug}>
                      {known.name}
                    </option>
                  ))}
              </select>
              <Button onClick={() => onAsk({ kind, value: text })}>Run</Button>
            </div>
          )
        }
      >
        No indicator was found in this text. Addresses, domains, URLs, mail addresses, hashes, CVE and AS numbers are
        recognised, defanged or not.
      </Empty>
    </section>
  )
}
