/** What a value is once it came over the wire: JSON has absent fields, never undefined ones. */
export type AsJson<T> = T extends readonly (infer U)[]
  ? AsJson<U>[]
  : T extends object
    ? { [K in keyof T]: AsJson<Exclude<T[K], undefined>> }
    : T
