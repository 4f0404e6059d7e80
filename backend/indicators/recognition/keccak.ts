const ROUNDS = 24
const MASK = (1n << 64n) - 1n

/** Keccak-256 with the original padding (Ethereum's; node:crypto has only SHA-3's). Input below 136 bytes, as hex out. */
export function keccak256Hex(input: string): string {
  const block = new Uint8Array(136)
  block.set(new TextEncoder().encode(input))
  block[input.length] = 1
  block[135] = (block[135] ?? 0) | 0x80
  const state = Array.from<bigint>({ length: 25 }).fill(0n)
  const view = new DataView(block.buffer)
  for (let lane = 0; lane < 17; lane++) state[lane] = view.getBigUint64(lane * 8, true)
  permute(state)
  const out = new DataView(new ArrayBuffer(32))
  for (let lane = 0; lane < 4; lane++) out.setBigUint64(lane * 8, at(state, lane), true)
  return Buffer.from(out.buffer).toString('hex')
}

function permute(state: bigint[]): void {
  let lfsr = 1
  for (let round = 0; round < ROUNDS; round++) {
    theta(state)
    rhoPi(state)
    chi(state)
    // Iota: the round constants come from a linear feedback register (Keccak reference, §1.2).
    for (let bit = 0; bit < 7; bit++) {
      if ((lfsr & 1) === 1) state[0] = at(state, 0) ^ (1n << BigInt((1 << bit) - 1))
      lfsr = (lfsr << 1) ^ ((lfsr >> 7) * 0x171)
    }
  }
}

function theta(state: bigint[]): void {
  const parity = [0, 1, 2, 3, 4].map(
    (x) => at(state, x) ^ at(state, x + 5) ^ at(state, x + 10) ^ at(state, x + 15) ^ at(state, x + 20),
  )
  for (let i = 0; i < 25; i++) state[i] = at(state, i) ^ at(parity, (i + 4) % 5) ^ rotate(at(parity, (i + 1) % 5), 1)
}

function rhoPi(state: bigint[]): void {
  let x = 1
  let y = 0
  let current = at(state, 1)
  for (let t = 0; t < 24; t++) {
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
    const next = at(state, x + 5 * y)
    state[x + 5 * y] = rotate(current, (((t + 1) * (t + 2)) / 2) % 64)
    current = next
  }
}

function chi(state: bigint[]): void {
  for (let row = 0; row < 25; row += 5) {
    const lanes = state.slice(row, row + 5)
    for (let x = 0; x < 5; x++)
      state[row + x] = at(lanes, x) ^ (~at(lanes, (x + 1) % 5) & MASK & at(lanes, (x + 2) % 5))
  }
}

function rotate(lane: bigint, bits: number): bigint {
  return ((lane << BigInt(bits)) | (lane >> BigInt(64 - bits))) & MASK
}

function at(lanes: bigint[], index: number): bigint {
  return lanes[index] ?? 0n
}
