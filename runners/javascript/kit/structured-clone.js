/** Plain data: primitives, arrays, plain objects, Map, Set, Date, RegExp, errors, buffers and their views; cycles are kept. */
function structuredClone(value) {
  const seen = new Map()
  const clone = (item) => {
    if (typeof item === 'function' || typeof item === 'symbol')
      throw new TypeError('structuredClone: functions and symbols cannot be cloned')
    if (typeof item !== 'object' || item === null) return item
    if (seen.has(item)) return seen.get(item)
    const keep = (copy) => (seen.set(item, copy), copy)
    if (item instanceof Date) return keep(new Date(item.getTime()))
    if (item instanceof RegExp) return keep(new RegExp(item.source, item.flags))
    if (item instanceof ArrayBuffer) return keep(item.slice(0))
    if (ArrayBuffer.isView(item))
      return keep(new item.constructor(clone(item.buffer), item.byteOffset, item.length ?? item.byteLength))
    if (item instanceof Map) {
      const copy = keep(new Map())
      for (const [key, inner] of item) copy.set(clone(key), clone(inner))
      return copy
    }
    if (item instanceof Set) {
      const copy = keep(new Set())
      for (const inner of item) copy.add(clone(inner))
      return copy
    }
    const copy = keep(
      Array.isArray(item) ? new Array(item.length) : item instanceof Error ? new Error(item.message) : {},
    )
    for (const key of Object.keys(item)) {
      Object.defineProperty(copy, key, {
        value: clone(item[key]),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return copy
  }
  return clone(value)
}
