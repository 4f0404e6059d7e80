export const LANGUAGES = ['curl', 'Python', 'TypeScript'] as const
export type Language = (typeof LANGUAGES)[number]

/** One call of the API, with all that a program needs to make it. */
export type ApiCall = {
  /** What it does, in a few words. */
  name: string
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  scope: string
  /** What a program prints: of each thing in this list of the answer, these members. Left out: the answer as it is. */
  prints?: { list: string; members: readonly string[] }
}

/** The call as a program: it runs as it stands once INDAG_TOKEN is set, or with the token that is given. */
export function snippet(language: Language, call: ApiCall, origin: string, token?: string): string {
  if (language === 'curl') return curl(call, origin, token)
  return language === 'Python' ? python(call, origin) : typescript(call, origin)
}

const asText = (body: unknown) => JSON.stringify(body, null, 2)
const shellQuote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

function curl({ method, path, body }: ApiCall, origin: string, token?: string): string {
  const authorization = token ? shellQuote(`Authorization: Bearer ${token}`) : '"Authorization: Bearer $INDAG_TOKEN"'
  const lines = [`curl -sS -X ${method} ${shellQuote(origin + path)}`, `-H ${authorization}`]
  if (body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `-d ${shellQuote(asText(body))}`)
  return lines.join(' \\\n  ')
}

/** JSON is not quite Python: the text goes into a raw string, where its backslashes stay, and json.loads reads it. */
function python({ method, path, body, prints }: ApiCall, origin: string): string {
  const sends = body !== undefined
  const printed = prints?.members.map((member) => `item${member.replace(/[^.]+/g, '["$&"]').replaceAll('.', '')}`)
  return `import json
import os
import urllib.request
${sends ? `\nbody = r"""\n${asText(body)}\n"""` : ''}
request = urllib.request.Request(
    ${JSON.stringify(origin + path)},
    method=${JSON.stringify(method)},${sends ? '\n    data=json.dumps(json.loads(body)).encode(),' : ''}
    headers={
        "Authorization": f"Bearer {os.environ['INDAG_TOKEN']}",${sends ? '\n        "Content-Type": "application/json",' : ''}
    },
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
${prints ? `for item in answer["${prints.list}"]:\n    print(${printed?.join(', ')})` : 'print(json.dumps(answer, indent=2))'}`
}

function typescript({ method, path, body, prints }: ApiCall, origin: string): string {
  const sends = body !== undefined
  const printed = prints?.members.map((member) => `item.${member}`)
  return `const response = await fetch(${JSON.stringify(origin + path)}, {
  method: '${method}',
  headers: {
    authorization: \`Bearer \${process.env['INDAG_TOKEN']}\`,${sends ? "\n    'content-type': 'application/json'," : ''}
  },${sends ? `\n  body: JSON.stringify(${asText(body).replaceAll('\n', '\n  ')}),` : ''}
})
if (!response.ok) throw new Error(await response.text())
const answer = await response.json()
${prints ? `for (const item of answer.${prints.list}) {\n  console.log(${printed?.join(', ')})\n}` : 'console.log(JSON.stringify(answer, null, 2))'}`
}
