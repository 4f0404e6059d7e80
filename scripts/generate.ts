/** `npm run generate`: writes all generated files of the repository anew. */
import { generate } from './generated/index.ts'
import { repository } from './run-tool.ts'

for (const path of await generate(repository)) console.log(`written: ${path}`)
