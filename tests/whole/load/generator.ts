import { json } from 'node:stream/consumers'
import { setTimeout as after } from 'node:timers/promises'
import { openClient } from './client.ts'
import { followStream } from './follow-stream.ts'
import { askOfStream, nthCall, type Call, type LoadPlan } from './plan.ts'
import { openReport } from './report.ts'

/** The load as a process of its own. Prints "half" in the middle of its time, and at its end the report as one line of JSON. */
const plan = (await json(process.stdin)) as LoadPlan
const tickMs = 5
/** With the streams fewer than the 511 that may wait for Node to accept them: more would be refused by the kernel, not by us. */
const mostUnderWay = 300
const client = openClient(plan)
const report = openReport(plan)
const startedMs = performance.now()
const endMs = startedMs + plan.seconds * 1_000
setTimeout(() => process.stdout.write('half\n'), plan.seconds * 500)

await Promise.all([offer(), ...Array.from({ length: plan.streams }, (_, n) => keepFollowing(n))])
await client.close()
process.stdout.write(`${JSON.stringify(report.finish())}\n`)

/** Sends what is due at its time, however many answers are still to come; ends when all have. */
async function offer(): Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  for (let sent = 0; performance.now() < endMs; await after(tickMs)) {
    const due = Math.floor(((performance.now() - startedMs) / 1_000) * plan.perSecond)
    for (; sent < due; sent += 1) {
      report.due()
      if (underWay.size >= mostUnderWay) {
        report.shed()
        continue
      }
      const dueMs = startedMs + (sent * 1_000) / plan.perSecond
      const one = sendOne(nthCall(sent, plan), sent, dueMs).finally(() => underWay.delete(one))
      underWay.add(one)
    }
  }
  await Promise.all(underWay)
}

async function sendOne(call: Call, n: number, dueMs: number): Promise<string | null> {
  const answer = await client.send(call, n)
  return report.note(call, answer, performance.now() - dueMs)
}

/** One reader: asks, follows to the end, asks again, until the time is over; what it began it follows to the end. */
async function keepFollowing(n: number): Promise<void> {
  while (performance.now() < endMs) {
    const id = await sendOne(askOfStream(), n, performance.now())
    if (id === null) {
      await after(500)
      continue
    }
    report.streamStarts()
    report.streamEnds(await followStream(client, id, n))
  }
}
