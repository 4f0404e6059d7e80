export { checkDependencies } from './check-dependencies.ts'
