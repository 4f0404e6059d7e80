import type { ReactNode } from 'react'
import { useTitle } from '../../ui/layout/page.tsx'

/** The frame of the pages before sign-in. */
export function Gate({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  useTitle(title)
  return (
    <main className="flex min-h-full items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <img src="/mark.svg" alt="Indag" className="mb-5 size-10" />
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 mb-6 text-muted">{lead}</p>
        {children}
      </div>
    </main>
  )
}
