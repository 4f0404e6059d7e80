export { generate } from './generate.ts'
export { compareFolders } from './compare-folders.ts'
