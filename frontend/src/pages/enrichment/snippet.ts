import type { RequestBody } from '../../api/types.ts'

export const LANGUAGES = ['curl', 'Python', 'TypeScript'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same request as a program: it runs as it stands once INDAG_TOKEN is set. */
export function snippet(language: Language, body: RequestBody, origin: string): string {
  const url = `${origin}/api/v1/requests`
  const json = JSON.stringify({ ...body, wait: true }, null, 2)
  if (language === 'curl') return curl(url, json)
  return language === 'Python' ? python(url, json) : typescript(url, json)
}

function curl(url: string, json: string): string {
  return `curl -sS -X POST ${shellQuote(url)} \\
  -H "Authorization: Bearer $INDAG_TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d ${shellQuote(json)}`
}

const shellQuote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** JSON is not quite Python: the text goes into a raw string, where its backslashes stay, and json.loads reads it. */
function python(url: string, json: string): string {
  return `import json
import os
import urllib.request

body = r"""
${json}
"""
request = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(json.loads(body)).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['INDAG_TOKEN']}",
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
for indicator in answer["indicators"]:
    print(indicator["defanged"], indicator["verdict"]["summary"])`
}

function typescript(url: string, json: string): string {
  return `const response = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env['INDAG_TOKEN']}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify(${json.replaceAll('\n', '\n  ')}),
})
if (!response.ok) throw new Error(await response.text())
const answer = await response.json()
for (const indicator of answer.indicators) {
  console.log(indicator.defanged, indicator.verdict.summary)
}`
}
