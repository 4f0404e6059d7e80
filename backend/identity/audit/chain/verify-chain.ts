import { type Anchor, anchorText, chainStart, entryHash } from './entry-hash.ts'

/** An entry as it stands in the database. */
export type Link = { sequence: number; id: string; at: Date; content: string; hash: string }

export type Verification =
  | { ok: true; count: number; head: Anchor; anchor: string }
  | { ok: false; sequence: number; reason: BrokenReason; detail: string }

export type BrokenReason = 'missing' | 'altered' | 'head' | 'anchor'

/** Walks a chain link by link and remembers where it breaks first. Pure. */
export function chainWalk(anchors: readonly Anchor[] = []) {
  const kept = anchors.toSorted((a, b) => a.sequence - b.sequence)
  let end: Anchor = { sequence: 0, hash: chainStart }
  let broken: Extract<Verification, { ok: false }> | undefined
  const breakAt = (sequence: number, reason: BrokenReason, detail: string): void => {
    broken ??= { ok: false, sequence, reason, detail }
  }
  function passAnchors(): void {
    while (kept[0] && kept[0].sequence <= end.sequence) {
      const anchor = kept.shift()!
      if (anchor.sequence !== end.sequence || anchor.hash === end.hash) continue
      breakAt(end.sequence, 'anchor', 'the chain holds, but another hash was kept of this entry: it was written anew')
    }
  }
  return {
    /** @returns false when there is no need to go on. */
    step(link: Link): boolean {
      const due = end.sequence + 1
      const hash = entryHash(end.hash, due, link.content)
      if (link.sequence !== due) breakAt(due, 'missing', `entry ${due} is not there; the next one is ${link.sequence}`)
      else if (link.hash !== hash) breakAt(due, 'altered', 'its hash does not fit its content and the entry before it')
      else if (!labelsFit(link)) breakAt(due, 'altered', 'its id or its time in the table is not that of its content')
      end = { sequence: due, hash }
      passAnchors()
      return broken === undefined
    },
    /** `head` is where the database says that the chain ends. */
    end(head: Anchor): Verification {
      if (broken) return broken
      if (head.sequence !== end.sequence || head.hash !== end.hash) {
        const due = Math.min(head.sequence, end.sequence) + 1
        breakAt(due, 'head', `the chain ends at entry ${end.sequence}, and its head says ${head.sequence}`)
      }
      for (const { sequence } of kept) {
        breakAt(end.sequence + 1, 'anchor', `the chain ends at entry ${end.sequence}, and it once had ${sequence}`)
      }
      return broken ?? { ok: true, count: end.sequence, head: end, anchor: anchorText(end) }
    },
  }
}

function labelsFit({ id, at, content }: Link): boolean {
  const said = JSON.parse(content) as { id?: unknown; at?: unknown }
  return said.id === id && said.at === at.toISOString()
}
