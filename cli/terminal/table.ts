import { stripVTControlCharacters } from 'node:util'

/** Rows under a header, columns two spaces apart; the last column is cut to the width of the terminal. */
export function table(header: string[], rows: string[][], columns: number, indent = ''): string[] {
  const all = [header, ...rows]
  const widths = header.map((_title, i) => Math.max(...all.map((row) => width(row[i] ?? ''))))
  return all.map((row) => {
    const cells = row.map((cell, i) =>
      i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - width(cell)),
    )
    const start =
      indent +
      cells
        .slice(0, -1)
        .map((cell) => `${cell}  `)
        .join('')
    return (start + cut(cells.at(-1) ?? '', columns - width(start))).trimEnd()
  })
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length
}

function cut(text: string, room: number): string {
  if (width(text) <= room || room < 20) return text
  return `${[...stripVTControlCharacters(text)].slice(0, room - 1).join('')}…`
}
