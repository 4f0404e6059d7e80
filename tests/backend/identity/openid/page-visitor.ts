/**
 * A browser made of fetch: cookies of each host, redirects followed one by one, the forms of the provider filled in.
 * `names` says where a host name is reached, so that a product can have a public URL that is not its socket.
 */
export class PageVisitor {
  readonly visited: string[] = []
  readonly #jars = new Map<string, Map<string, string>>()
  readonly #names: Record<string, string>
  login = 'alice'

  constructor(names: Record<string, string>) {
    this.#names = names
  }

  /** The cookies that this host would be sent. */
  cookiesOf(host: string): string {
    return [...(this.#jars.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Keeps the cookies of an answer of this host. */
  takeCookies(host: string, headers: Headers): void {
    const jar = this.#jars.get(host) ?? new Map<string, string>()
    this.#jars.set(host, jar)
    for (const header of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(header)) jar.delete(name)
      else jar.set(name, value)
    }
  }

  /** Goes there and on, until something is no redirect, or is an address to `stopAt`, which is then not asked for. */
  async go(address: string, stopAt?: RegExp): Promise<{ url: URL; response: Response | null }> {
    let url = new URL(address)
    let form: URLSearchParams | undefined
    for (let hop = 0; hop < 25; hop += 1) {
      if (stopAt?.test(url.href)) return { url, response: null }
      const response = await this.#ask(url, form)
      form = undefined
      const location = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel()
        url = new URL(location, url)
        continue
      }
      if (!url.pathname.startsWith('/interaction/')) return { url, response }
      ;({ url, form } = this.#fill(url, await response.text()))
    }
    throw new Error(`It goes round in circles: ${this.visited.slice(-6).join(' → ')}`)
  }

  async #ask(url: URL, form: URLSearchParams | undefined): Promise<Response> {
    const real = this.#names[url.host]
    const target = real === undefined ? url.href : real + url.pathname + url.search
    const response = await fetch(target, {
      method: form ? 'POST' : 'GET',
      ...(form ? { body: form } : {}),
      headers: { accept: 'text/html', cookie: this.cookiesOf(url.host) },
      redirect: 'manual',
    })
    this.takeCookies(url.host, response.headers)
    this.visited.push(`${url.host}${url.pathname} ${response.status}`)
    return response
  }

  #fill(url: URL, html: string): { url: URL; form: URLSearchParams } {
    const action = /action="([^"]+)"/.exec(html)?.[1] ?? ''
    const prompt = /name="prompt" value="([^"]+)"/.exec(html)?.[1] ?? ''
    return { url: new URL(action, url), form: new URLSearchParams({ prompt, login: this.login, password: 'any' }) }
  }
}
