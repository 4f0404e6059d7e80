import { runRunner } from '@indag/runner-contract'
import { openJavascript } from './executor.ts'

await runRunner(openJavascript)
