import { createContext, useContext } from 'react'

/** The hosts under test in this request; a link may lead to none of them. */
const Context = createContext<ReadonlySet<string>>(new Set())

export const TestedHosts = Context.Provider
export const useTestedHosts = () => useContext(Context)
