import { useNavigate } from '@tanstack/react-router'
import type { ChangeSearch } from '../search.ts'

/** Changes what the page keeps in its address, T being the page's own search type. Replaces the entry unless told. */
export function useChangeSearch<T>(): ChangeSearch<T> {
  const navigate = useNavigate()
  return (change, options) => {
    // "." is any page, so the router cannot know T; validateSearch reads whatever arrives.
    void navigate({ to: '.', search: change as never, replace: options?.replace ?? true })
  }
}
