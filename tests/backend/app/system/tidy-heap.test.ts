import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const module = new URL('../../../../backend/app/system/tidy-heap.ts', import.meta.url).href

/** Makes 150 MB of garbage in the old part of the heap, rests as long as it is told, and says what its heap holds then, in MB. */
const program = (tidy: boolean, restMs: number) => `
  const { getHeapStatistics } = await import('node:v8')
  const { tidyHeapWhenIdle } = await import(${JSON.stringify(module)})
  const megabytes = () => Math.round(getHeapStatistics().total_heap_size / 2 ** 20)
  ;(() => {
    const rows = []
    for (let n = 0; n < 3e6; n++) rows.push({ n, text: 'row ' + n })
  })()
  const before = megabytes()
  if (${tidy}) tidyHeapWhenIdle(50)
  await new Promise((resolve) => setTimeout(resolve, ${restMs}))
  console.log(JSON.stringify({ before, after: megabytes(), gc: typeof globalThis.gc }))`

async function heapOf(tidy: boolean): Promise<{ before: number; after: number; gc: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program(tidy, 1_500)])
  return JSON.parse(stdout) as { before: number; after: number; gc: string }
}

it('gives the garbage of a burst back once nothing happens, and gives nobody else the means', async () => {
  const [untouched, tidied] = [await heapOf(false), await heapOf(true)]
  expect(untouched.before).toBeGreaterThan(120)
  expect(tidied.after).toBeLessThan(untouched.after / 2)
  expect(tidied.gc).toBe('undefined')
})
