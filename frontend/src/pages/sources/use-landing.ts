import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'

/**
 * Lands on the place that the address names behind its #, once the page is there: scrolls to it, puts the focus into its
 * first field and marks it for a moment. "#secret-apiKey" is a field, "#secrets" a section.
 */
export function useLanding(ready: boolean) {
  const hash = useLocation({ select: (location) => location.hash })
  useEffect(() => {
    if (!ready || hash === '') return
    const place = document.getElementById(decodeURIComponent(hash)) ?? document.getElementById(hash.split('-')[0] ?? '')
    if (!place) return
    place.scrollIntoView({ block: 'center' })
    const field = place.matches('input, select, textarea, button')
      ? place
      : (place.querySelector<HTMLElement>('input, select, textarea') ?? place)
    field.focus({ preventScroll: true })
    field.dataset['landed'] = 'true'
  }, [ready, hash])
}
