import { Copy } from 'lucide-react'
import { Button } from './button.tsx'
import { copy } from './clipboard.ts'

/** Text to be read or copied as it is; `what` names it in the toast. */
export function CodeBlock({ text, what, numbered = false }: { text: string; what: string; numbered?: boolean }) {
  return (
    <div className="relative rounded-md border border-line bg-sunken">
      <Button
        size="small"
        look="ghost"
        className="absolute top-1 right-1"
        aria-label={`Copy ${what}`}
        onClick={() => void copy(text, what)}
      >
        <Copy aria-hidden className="size-3.5" /> Copy
      </Button>
      <pre
        tabIndex={0}
        role="group"
        aria-label={what}
        className="max-h-[32rem] overflow-auto p-3 pr-20 text-xs leading-5"
      >
        {numbered ? <Numbered text={text} /> : <code>{text}</code>}
      </pre>
    </div>
  )
}

function Numbered({ text }: { text: string }) {
  return (
    <code className="grid grid-cols-[auto_1fr] gap-x-4">
      {text.split('\n').map((line, index) => (
        // Lines of a text that never changes: the index is their identity.
        <span key={index} className="contents">
          <span className="text-right text-faint select-none">{index + 1}</span>
          <span>{line || ' '}</span>
        </span>
      ))}
    </code>
  )
}
