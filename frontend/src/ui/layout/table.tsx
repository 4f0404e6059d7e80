import type { ReactNode } from 'react'

/** Rows under headings; `label` names the table for those who do not see it. */
export function Table({ label, head, children }: { label: string; head: readonly string[]; children: ReactNode }) {
  return (
    // The focus lets the keyboard scroll a table that is wider than its place.
    <div
      role="region"
      tabIndex={0}
      aria-label={label}
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full text-left text-sm [&_td]:px-4 [&_td]:py-2 [&_th]:px-4 [&_th]:py-2">
        <thead className="border-b border-line text-xs text-muted">
          <tr>
            {head.map((title) => (
              <th key={title} scope="col" className="font-medium whitespace-nowrap">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  )
}
