import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

const HIVES: Readonly<Record<string, string>> = {
  HKLM: 'HKLM',
  HKEY_LOCAL_MACHINE: 'HKLM',
  HKCU: 'HKCU',
  HKEY_CURRENT_USER: 'HKCU',
  HKCR: 'HKCR',
  HKEY_CLASSES_ROOT: 'HKCR',
  HKU: 'HKU',
  HKEY_USERS: 'HKU',
  HKCC: 'HKCC',
  HKEY_CURRENT_CONFIG: 'HKCC',
  HKPD: 'HKPD',
  HKEY_PERFORMANCE_DATA: 'HKPD',
}

/** The short name of a registry hive, long or short, any case; null when it is none. */
export function hiveOf(word: string): string | null {
  const upper = word.toUpperCase()
  return Object.hasOwn(HIVES, upper) ? (HIVES[upper] ?? null) : null
}

/** Canonical form: short hive, single backslashes, the rest as written. */
export function recognizeRegistryKey(text: string): Recognition {
  const match = /^(?:Computer\\)?([A-Za-z_]{3,24}):?\\{1,2}([^\r\n]{1,1000})$/i.exec(text)
  const hive = hiveOf(match?.[1] ?? '')
  if (match === null || hive === null) {
    return refuse(
      'malformed',
      'This is not a registry key.',
      'Begin with a hive, such as HKLM\\Software or HKEY_CURRENT_USER\\Software.',
    )
  }
  return accept(`${hive}\\${(match[2] ?? '').replace(/\\{2,}/g, '\\').replace(/\\+$/, '')}`)
}

/** Windows (drive, UNC, %VARIABLE%), Unix (absolute or ~/). As written, doubled backslashes made single. */
export function recognizeFilePath(text: string): Recognition {
  if (/[\r\n\0]/.test(text) || text.length > 1024)
    return refuse('malformed', 'This is not a file path.', 'Give one path on one line.')
  if (/^\\\\\\?\\?[^\\/:*?"<>|]+\\/.test(text)) return accept(`\\\\${singleBackslashes(text.replace(/^\\+/, ''))}`)
  if (/^(?:[A-Za-z]:|%[A-Za-z_()0-9]{2,40}%|\$env:[A-Za-z_]{2,40})[\\/]./.test(text))
    return accept(singleBackslashes(text))
  if (/^~?\/[^/\s]+/.test(text)) return accept(text)
  return refuse(
    'malformed',
    'This is not a file path.',
    'Give an absolute path, such as C:\\Windows\\notepad.exe or /etc/passwd.',
  )
}

function singleBackslashes(text: string): string {
  return text.replace(/\\{2,}/g, '\\')
}
