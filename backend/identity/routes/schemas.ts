import { z } from '@hono/zod-openapi'
import { permissions, roles } from '../access/permissions.ts'
import { isEmail } from '../email.ts'
import type { UserRecord } from '../store/users.ts'

export const time = z.iso.datetime()

export const userSchema = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    name: z.string(),
    role: z.enum(roles),
    kind: z.enum(['person', 'service-account']),
    organizationId: z.uuid(),
  })
  .openapi('User')

export const userRecordSchema = userSchema
  .extend({
    hasPassword: z.boolean(),
    createdAt: time,
    disabledAt: time.nullable(),
    lastSignInAt: time.nullable(),
  })
  .openapi('UserRecord')

export const emailSchema = z
  .string()
  .trim()
  .max(254)
  .refine(isEmail, 'must be an e-mail address, such as ada@example.org')
  .openapi({ format: 'email', example: 'ada@example.org' })

export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters')

export const roleSchema = z.enum(roles)

export const scopeSchema = z.enum(permissions)

// `.max` before anything is hashed: a megabyte of password is an attack.
export const passwordSchema = z.string().min(1).max(1_024).openapi({ format: 'password' })

export const idParams = z.object({ id: z.uuid() })

/** The query of a list: `cursor` is the `next` of the page before. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid({ error: 'must be the "next" of an earlier page' }).optional(),
})

export const searchQuery = pageQuery.extend({ q: z.string().max(200).optional() })

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})

export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

/** A page of what was read with one more than the limit. */
export function pageOf<T extends { id: string }, V>(read: readonly T[], limit: number, view: (one: T) => V) {
  const items = read.slice(0, limit)
  return { items: items.map(view), next: read.length > limit ? (items.at(-1)?.id ?? null) : null }
}

export function viewUser(user: UserRecord): z.infer<typeof userRecordSchema> {
  return {
    ...user,
    createdAt: user.createdAt.toISOString(),
    disabledAt: user.disabledAt?.toISOString() ?? null,
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
  }
}
