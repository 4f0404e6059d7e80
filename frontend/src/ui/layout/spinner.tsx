import { LoaderCircle } from 'lucide-react'

export function Spinner({ label }: { label: string }) {
  return (
    <p role="status" className="flex items-center justify-center gap-2 py-10 text-sm text-muted">
      <LoaderCircle aria-hidden className="size-4 animate-spin" /> {label}
    </p>
  )
}
