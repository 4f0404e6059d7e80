export const slugForm = /^[a-z0-9]+(-[a-z0-9]+)*$/
export const longestSlug = 60

/** A slug for a name: "Müller & Söhne" becomes "muller-sohne". */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  return words?.join('-').slice(0, longestSlug).replace(/-$/, '') || 'organization'
}
