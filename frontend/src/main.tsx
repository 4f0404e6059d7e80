import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueries } from './api/create-queries.ts'
import { createAppRouter } from './router.tsx'
import { applyTheme } from './shell/theme.ts'
import { startTelemetry } from './telemetry/start.ts'
import './styles.css'
import { ToastRegion } from './ui/overlay/toast.tsx'

applyTheme()

// The server has a newer build than this tab: one reload brings it. Twice in a row would be a loop, so then it fails.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('indag-reloaded'))
  if (Date.now() - last < 10_000) return
  sessionStorage.setItem('indag-reloaded', String(Date.now()))
  event.preventDefault()
  window.location.reload()
})

const queries = createQueries(() => {
  const { href } = router.state.location
  void router.navigate({ to: '/sign-in', search: { next: href, ended: true } })
})
const router = createAppRouter(queries)

void startTelemetry()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <ToastRegion>
          <RouterProvider router={router} />
        </ToastRegion>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)
