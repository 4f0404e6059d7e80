import { z } from '@hono/zod-openapi'
import { permissions, roles } from '../access/permissions.ts'
import { isEmail } from '../email.ts'

export const userSchema = z
  .object({ id: z.uuid(), email: z.string(), name: z.string(), role: z.enum(roles) })
  .openapi('User')

export const emailSchema = z
  .string()
  .trim()
  .max(254)
  .refine(isEmail, 'must be an e-mail address, such as ada@example.org')
  .openapi({ format: 'email', example: 'ada@example.org' })

export const scopeSchema = z.enum(permissions)

// `.max` before anything is hashed: a megabyte of password is an attack.
export const passwordSchema = z.string().min(1).max(1_024).openapi({ format: 'password' })

export const idParams = z.object({ id: z.uuid() })
