import { hash, verify } from '@node-rs/argon2'

// argon2id (2), as OWASP's password storage cheat sheet asks: 19 MiB, 2 passes, 1 lane.
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** PHC string of argon2id; about 30 ms of one core, off the event loop. */
export function hashPassword(password: string): Promise<string> {
  return hash(normal(password), options)
}

// The hash of a password nobody has: an unknown user costs as long as a known one.
const nobody = hashPassword('no user has this password')

/** Takes equally long for a user without a password (undefined), who is always refused. */
export async function passwordMatches(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobody), normal(password))
  return matches && passwordHash !== undefined
}

/** One password typed on two keyboards is the same text. */
function normal(password: string): string {
  return password.normalize('NFKC')
}
