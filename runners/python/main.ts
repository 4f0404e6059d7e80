import { runRunner } from '@indag/runner-contract'
import { openPython } from './open-python.ts'

await runRunner(openPython)
