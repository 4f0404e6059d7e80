const FORBIDDEN = ['WebAssembly', 'SharedArrayBuffer', 'Atomics']
const provided = {
  SourceError,
  URL,
  URLSearchParams,
  TextEncoder,
  TextDecoder,
  atob,
  btoa,
  structuredClone,
  setTimeout,
  clearTimeout,
  queueMicrotask,
}
provided.console = makeLog(() => calls.get(current))
provided.console.log = provided.console.info

/**
 * Freezing a prototype would break `this.name = ...` in an author's subclass (an inherited read-only property cannot be assigned over).
 * Such properties become accessors whose setter defines the property on the receiver instead.
 */
const enableOverride = (prototype, name) => {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (!descriptor?.configurable || !('value' in descriptor)) return
  const { value, enumerable } = descriptor
  Object.defineProperty(prototype, name, {
    enumerable,
    configurable: false,
    get: () => value,
    set(replacement) {
      if (this === prototype) throw new TypeError(`${String(name)} of a built-in cannot be changed`)
      Object.defineProperty(this, name, { value: replacement, writable: true, enumerable: true, configurable: true })
    },
  })
}

const lockDown = () => {
  for (const name of FORBIDDEN) delete globalThis[name]
  for (const [name, value] of Object.entries(provided))
    Object.defineProperty(globalThis, name, { value, writable: false, enumerable: false, configurable: false })
  for (const type of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError])
    for (const name of ['name', 'message', 'toString', 'constructor']) enableOverride(type.prototype, name)
  for (const name of ['toString', 'toLocaleString', 'valueOf', 'constructor', 'hasOwnProperty'])
    enableOverride(Object.prototype, name)
  for (const name of ['toString', 'constructor']) enableOverride(Function.prototype, name)
  Object.defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false })
  Error.stackTraceLimit = 20
  const hidden = [
    (function* () {})(),
    (async function* () {})(),
    async () => {},
    [][Symbol.iterator](),
    ''[Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''.matchAll(/x/g),
    new Uint8Array(),
    [].values().map((value) => value),
    Iterator.from({ next: () => ({ done: true }) }),
  ]
  // What no global leads to, but a value that the code is given.
  const given = [Response, Headers, Signal, HostError, BadResult, TooLarge]
  const seen = new Set()
  const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn } = Object
  const { ownKeys } = Reflect
  const walk = (value) => {
    if (seen.has(value)) return
    seen.add(value)
    note(getPrototypeOf(value))
    for (const key of ownKeys(value)) {
      const descriptor = getOwnPropertyDescriptor(value, key)
      const { value: inner } = descriptor
      if (inner !== undefined) note(inner)
      else if (descriptor.get || descriptor.set) {
        note(descriptor.get)
        note(descriptor.set)
      }
    }
  }
  // What is no constructor has a name and a length and nothing else to see, but for two: looking at each would be half the time of all.
  const note = (inner) => {
    if (typeof inner === 'function' && !hasOwn(inner, 'prototype')) seen.add(inner)
    else if ((typeof inner === 'object' && inner !== null) || typeof inner === 'function') walk(inner)
  }
  walk(Function.prototype)
  walk(Proxy)
  walk(globalThis)
  for (const value of hidden) note(getPrototypeOf(value))
  for (const type of given) walk(type)
  for (const value of seen) Object.freeze(value)
}
