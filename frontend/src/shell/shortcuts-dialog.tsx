import { Dialog } from '../ui/overlay/dialog.tsx'

const groups: [string, [string, string][]][] = [
  [
    'Everywhere',
    [
      ['/', 'Go to the paste or search box'],
      ['Ctrl K', 'Search pages, sources and commands'],
      ['?', 'This list'],
      ['Esc', 'Close what is open, leave the box'],
    ],
  ],
  [
    'Investigate',
    [
      ['Enter', 'Run, when one line is pasted'],
      ['Ctrl Enter', 'Run'],
      ['x', 'Tick or untick the indicator at the cursor'],
    ],
  ],
  [
    'Lists',
    [
      ['j  k', 'Next, previous'],
      ['Enter', 'Open'],
      ['x', 'Select for copying'],
      ['[  ]', 'Previous, next indicator while one is open'],
    ],
  ],
]

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts">
      <div className="space-y-5">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3 className="mb-1.5 text-xs font-medium text-muted">{title}</h3>
            <dl className="space-y-1.5">
              {keys.map(([key, what]) => (
                <div key={key} className="flex items-center justify-between gap-4 text-sm">
                  <dd>{what}</dd>
                  <dt className="flex gap-1">
                    {key.split(/\s+/).map((part) => (
                      <kbd key={part} className="rounded border border-line-strong bg-sunken px-1.5 py-0.5">
                        {part}
                      </kbd>
                    ))}
                  </dt>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
