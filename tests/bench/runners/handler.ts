type Row = { n: string; v: number }

/** What every target does with a call: take JSON apart, map its rows, put JSON together. */
export function handle(indicator: { value: string }, ctx: { config: { rows: Row[] } }) {
  return { summary: indicator.value, facts: ctx.config.rows.map((row) => ({ name: row.n, value: row.v })) }
}

/** The same for the runners. */
export const CODE = {
  javascript: `export async function fetchData(indicator, ctx) {
  return { summary: indicator.value, facts: ctx.config.rows.map((row) => ({ name: row.n, value: row.v })) }
}`,
  python: `def fetch_data(indicator, ctx):
    return {"summary": indicator.value, "facts": [{"name": row["n"], "value": row["v"]} for row in ctx.config["rows"]]}
`,
}

/** Config of so many rows of about 24 bytes: 8 are 200 bytes of JSON, 800 are 20 kB; the answer is as large. */
export function configOf(rows: number): Buffer {
  return Buffer.from(
    JSON.stringify({ rows: Array.from({ length: rows }, (_, index) => ({ n: `name-${index}`, v: index })) }),
  )
}
