import type { ReactNode } from 'react'

/** A place with nothing in it yet: one sentence that says what belongs here, and one action. */
export function Empty({ icon, children, action }: { icon?: ReactNode; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-12 text-center text-sm text-muted">
      {icon && <div className="text-faint">{icon}</div>}
      <p className="max-w-md text-balance">{children}</p>
      {action}
    </div>
  )
}
