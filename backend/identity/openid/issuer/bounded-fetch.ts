const longestBytes = 1024 * 1024

/** `fetch` for what providers answer: never follows a redirect, and refuses an answer that is larger than 1 MiB. */
export async function boundedFetch(url: string, options: object): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual' })
  if (response.body === null) return response
  const { status, statusText, headers } = response
  const body = await readBounded(response.body)
  return named(new Response(body, { status, statusText, headers }), response.url)
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > longestBytes) throw new TypeError(`the answer is larger than ${longestBytes} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** A Response that is made here has no address, which openid-client looks at. */
function named(response: Response, url: string): Response {
  return Object.defineProperty(response, 'url', { value: url })
}
