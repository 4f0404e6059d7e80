import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const guides = join(import.meta.dirname, '../../docs/guides')

export type CodeBlock = { language: string; text: string; section: string }

export function readGuide(name: string): string {
  return readFileSync(join(guides, name), 'utf8')
}

/** The fenced blocks of a page, each with the heading that it stands under. */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let section = ''
  let open: CodeBlock | undefined
  for (const line of page.split('\n')) {
    const fence = /^```(\w*)$/.exec(line)
    if (fence && open) {
      blocks.push(open)
      open = undefined
    } else if (fence) open = { language: fence[1] ?? '', text: '', section }
    else if (open) open.text += `${line}\n`
    else if (line.startsWith('## ')) section = line.slice(3)
  }
  return blocks
}

export function headings(page: string): string[] {
  return page.split('\n').flatMap((line) => (line.startsWith('## ') ? [line.slice(3)] : []))
}
