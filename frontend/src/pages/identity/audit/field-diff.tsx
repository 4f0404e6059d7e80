import type { AuditFields } from './audit-calls.ts'

/** What changed, field by field: only fields that differ are kept. */
export function FieldDiff({ before, after }: { before: AuditFields; after: AuditFields }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (names.length === 0) return <p className="text-muted">No field was changed.</p>
  return (
    <table className="w-full table-fixed text-left text-xs" aria-label="What changed">
      <thead className="text-muted">
        <tr>
          <th scope="col" className="w-40 py-1 font-medium">
            Field
          </th>
          {before && (
            <th scope="col" className="py-1 font-medium">
              Before
            </th>
          )}
          {after && (
            <th scope="col" className="py-1 font-medium">
              After
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name} className="align-top" data-field={name}>
            <th scope="row" className="py-1 pr-2 font-mono font-normal break-words">
              {name}
            </th>
            {before && <Cell value={before[name]} look="bg-bad-soft" />}
            {after && <Cell value={after[name]} look="bg-good-soft" />}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ value, look }: { value: unknown; look: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null, null, 1)
  return (
    <td className="py-1 pr-2">
      <span className={`inline-block max-w-full rounded px-1 font-mono break-words whitespace-pre-wrap ${look}`}>
        {text === '' ? '(empty)' : text}
      </span>
    </td>
  )
}
