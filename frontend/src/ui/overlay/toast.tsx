import { Toast } from '@base-ui/react/toast'
import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'

const queue = Toast.createToastManager()

/** Says what was done, in one line; `detail` may name the thing it was done to. */
export function say(title: string, detail?: string) {
  queue.add({ title, ...(detail === undefined ? {} : { description: detail }), timeout: 4000 })
}

function Shown() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast">
      <Toast.Content className="flex items-start gap-2.5 rounded-lg border border-line-strong bg-raised p-3 text-sm shadow-lg">
        <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium" />
          <Toast.Description className="truncate text-muted" />
        </div>
        <Toast.Close aria-label="Dismiss" className="rounded p-0.5 text-faint hover:text-ink">
          <X aria-hidden className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}

export function ToastRegion({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={queue} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 w-80 max-w-[calc(100vw-2rem)]">
          <Shown />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}
