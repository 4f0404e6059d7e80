import { Copy } from 'lucide-react'
import { Button } from '../button.tsx'
import { copy } from '../clipboard.ts'

/** A secret that is shown this once, to be copied. `what` reads as "the token". */
export function ShownOnce({ text, what }: { text: string; what: string }) {
  return (
    <div className="flex items-center gap-2">
      <code
        data-shown-once
        className="min-w-0 flex-1 rounded-md border border-line bg-sunken px-3 py-1.5 text-xs break-all"
      >
        {text}
      </code>
      <Button aria-label={`Copy ${what}`} onClick={() => void copy(text, what)}>
        <Copy aria-hidden className="size-4" /> Copy
      </Button>
    </div>
  )
}
