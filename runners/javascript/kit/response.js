// What `ctx.fetch` gives: the Web's Response, as far as a source needs it.
class Headers {
  #pairs
  constructor(pairs) {
    this.#pairs = pairs
  }
  get(name) {
    const wanted = String(name).toLowerCase()
    const values = this.#pairs.filter(([each]) => each === wanted).map(([, value]) => value)
    return values.length > 0 ? values.join(', ') : null
  }
  has(name) {
    return this.get(name) !== null
  }
  entries() {
    return this.#pairs.map(([name, value]) => [name, value])[Symbol.iterator]()
  }
  forEach(each) {
    for (const [name, value] of this.#pairs) each(value, name, this)
  }
  [Symbol.iterator]() {
    return this.entries()
  }
}

/** The Web's Response, as far as a source needs it. The body has come as a whole. */
class Response {
  #answer
  #headers
  constructor(answer) {
    this.#answer = answer
    this.#headers = new Headers(answer.headers)
  }
  get status() {
    return this.#answer.status
  }
  get ok() {
    return this.status >= 200 && this.status <= 299
  }
  get url() {
    return this.#answer.url
  }
  get headers() {
    return this.#headers
  }
  async text() {
    return this.#answer.encoding === 'base64'
      ? new TextDecoder().decode(bytesOfBase64(this.#answer.body))
      : this.#answer.body
  }
  async json() {
    return parseJson(await this.text())
  }
  async bytes() {
    return this.#answer.encoding === 'base64'
      ? bytesOfBase64(this.#answer.body)
      : new TextEncoder().encode(this.#answer.body)
  }
  async arrayBuffer() {
    return (await this.bytes()).buffer
  }
}
