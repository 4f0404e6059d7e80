import { LoaderCircle, X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { Button } from '../../../ui/button.tsx'
import { SAMPLES } from './samples.ts'

type Props = { text: string; onText: (text: string) => void; onRun: () => void; busy: boolean }

/** The one box: anything goes in. Enter runs a single line, Ctrl+Enter always runs. */
export function PasteBox({ text, onText, onRun, busy }: Props) {
  const lines = text.split('\n').length
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.key !== 'Enter' || event.shiftKey) return
    if (event.ctrlKey || event.metaKey || !text.includes('\n')) {
      event.preventDefault()
      onRun()
    }
  }
  return (
    <div className="rounded-lg border border-line-strong bg-surface shadow-xs focus-within:border-accent">
      <textarea
        data-search
        autoFocus
        aria-label="Paste anything: indicators, a report, a log"
        placeholder="Paste anything: an address, a hash, a mail, a whole report. Defanged is fine."
        spellCheck={false}
        className="block field-sizing-content max-h-[30vh] min-h-24 w-full resize-y rounded-t-lg bg-transparent px-4 py-3 font-mono text-sm leading-6 outline-none"
        rows={Math.min(Math.max(lines, 3), 12)}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="flex min-h-9 flex-wrap items-center gap-2 border-t border-line px-3 py-1 text-xs text-muted">
        {text === '' ? (
          <>
            <span>Try</span>
            {SAMPLES.map((sample) => (
              <Button key={sample.label} size="small" look="ghost" onClick={() => onText(sample.text)}>
                {sample.label}
              </Button>
            ))}
          </>
        ) : (
          <>
            {busy ? (
              <span className="flex items-center gap-1.5" role="status">
                <LoaderCircle aria-hidden className="size-3.5 animate-spin" /> Reading
              </span>
            ) : (
              <span>
                {text.length.toLocaleString('en')} characters, {lines.toLocaleString('en')}{' '}
                {lines === 1 ? 'line' : 'lines'}
              </span>
            )}
            <span className="ml-auto hidden sm:inline">
              <kbd>{lines === 1 ? 'Enter' : 'Ctrl Enter'}</kbd> runs
            </span>
            <Button size="small" look="ghost" onClick={() => onText('')}>
              <X aria-hidden className="size-3.5" /> Clear
            </Button>
          </>
        )}
      </div>
    </div>
  )
}
