import { say } from './overlay/toast.tsx'

/** Puts text on the clipboard and says what was copied. `what` reads as "12 values, defanged". */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    copyBySelection(text)
  }
  const line = text.split('\n', 1)[0] ?? ''
  say(`Copied ${what}`, line.length > 80 ? `${line.slice(0, 80)}…` : line)
}

/** The clipboard API exists only on https and localhost; a plain-http address still has to copy. */
function copyBySelection(text: string) {
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('readonly', '')
  area.className = 'fixed top-0 left-0 opacity-0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
