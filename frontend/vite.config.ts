import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const backend = 'http://127.0.0.1:8080'

/** Builds to frontend/dist with hashed assets and nothing inline, so that `script-src 'self'; style-src 'self'` holds. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    // An inlined asset would be a data: URL, which the policy of the page refuses.
    assetsInlineLimit: 0,
  },
  server: { port: 5173, proxy: { '/api': backend, '/auth': backend } },
})
