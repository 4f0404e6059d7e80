/** The neighbour of all attacks. CODE becomes a canary. */
export const NEIGHBOUR_CODE = `const own = 'CODE'
export async function fetchData(indicator, ctx) {
  return { summary: [ctx.secrets.token, ctx.config.label, indicator.value].join(' '), raw: own.length }
}`
