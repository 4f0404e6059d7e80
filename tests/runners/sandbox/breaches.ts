/** What attack.py observed: a value it got, or the error. */
export type Observed = Record<string, { got?: unknown; refused?: string; why?: string }>

/** What the attack may get; everything else must be refused. Numbers are the most that is granted. */
const GRANTED: Record<string, unknown> = { environment: {}, 'open descriptors': [], capabilities: 0 }
const COUNTED: Record<string, number> = { 'thread bomb': 15, 'descriptor bomb': 16, 'memory bomb': 16 }
const TOLD = ['uid', 'file bomb']
const FILTERED = [
  ...[
    'ptrace',
    'process_vm_readv',
    'bpf',
    'keyctl',
    'userfaultfd',
    'perf_event_open',
    'io_uring_setup',
    'pidfd_open',
    'add_key',
  ],
  ...[
    'pidfd_send_signal',
    'clone3',
    'open_by_handle_at',
    'memfd_create',
    'setns',
    'process_madvise',
    'landlock_create_ruleset',
  ],
  ...[
    'personality',
    'sendmsg',
    'execveat',
    'mount',
    'unshare',
    'fork',
    'exec',
    'exec itself',
    'change root',
    'kill everything',
  ],
]

/** The names of what the attack got and must not have, with what it got. */
export function breaches(observed: Observed): string[] {
  return Object.entries(observed).flatMap(([name, { got, why }]) => {
    // A call that fails for its arguments has passed the filter: only these two errors are the filter's.
    if (FILTERED.includes(name))
      return /not permitted|not implemented/.test(why ?? '') ? [] : [`${name}: ${why ?? 'passed'}`]
    if (got === undefined || TOLD.includes(name)) return []
    if (name in COUNTED) return Number(got) <= (COUNTED[name] ?? 0) ? [] : [`${name}: ${JSON.stringify(got)}`]
    return JSON.stringify(got) === JSON.stringify(GRANTED[name]) ? [] : [`${name}: ${JSON.stringify(got)}`]
  })
}
