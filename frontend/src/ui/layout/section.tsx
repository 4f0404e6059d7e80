import type { ReactNode } from 'react'

type Props = { id?: string; title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }

/** A titled panel of a page; `id` makes it a place that a link can land on. */
export function Section({ id, title, note, actions, children }: Props) {
  return (
    <section id={id} tabIndex={id ? -1 : undefined} className="scroll-mt-4 rounded-lg border border-line bg-surface">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 className="text-sm font-semibold">{title}</h2>
        {note && <div className="text-xs text-muted">{note}</div>}
        {actions}
      </div>
      <div className="p-4">{children}</div>
    </section>
  )
}
