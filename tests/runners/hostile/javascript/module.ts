/** The whole module of an attack that is one body. `before` stands at its top level. */
export function fetchData(body: string, before = ''): string {
  return `${before}\nexport async function fetchData(indicator, ctx) {\n${body}\nreturn { summary: 'done' }\n}`
}
