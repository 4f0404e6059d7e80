/**
 * Where to go after a sign-in: a page of ours, or the start page. What names another host, in any of the ways in which
 * browsers read one (`//host`, `/\host`, a tab in between), or leads back into a sign-in, is dropped.
 */
export function safeReturnPath(wish: string | undefined, publicUrl: string): string {
  if (wish === undefined || wish.length > 2_000 || !/^\/[^\p{Cc}\\]*$/u.test(wish) || wish.startsWith('//')) return '/'
  const own = new URL(publicUrl)
  const target = URL.canParse(wish, own.href) ? new URL(wish, own) : own
  if (target.origin !== own.origin || /^\/(auth|api|sign-in)(\/|$)/.test(target.pathname)) return '/'
  // As it was parsed: `/a/..//host` has become a path that names a host.
  const path = target.pathname + target.search + target.hash
  return path.startsWith('//') ? '/' : path
}
