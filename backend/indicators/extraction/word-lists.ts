const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Endings so usual that a spaced or spoken dot before them is a domain's. */
export const COMMON_ENDINGS = words(`com net org info biz ru cn xyz top io co de uk fr nl pl ua br jp kr in it es eu us cc tk
  onion club site online shop app dev su ir tr ro cz ch at be gov edu mil me tv ws pw icu live`)

/** Words before "dot com" that make it prose. */
export const SPOKEN_STOP_WORDS = words('the a an of dot this that with each every and or no one to in as is use for')
