import type { Queryable } from '../../../foundation/index.ts'
import { organizationTree } from '../../access/organization-tree.ts'
import { readTree } from '../../store/organizations.ts'
import { findUser, findUserByEmail } from '../../store/users.ts'
import type { Answer } from '../flow/read-answer.ts'
import type { ProviderSettings } from '../provider.ts'
import { findLinkedUserId, isEmailConfirmed } from '../store/links.ts'
import { emailOf, type Judgement, judgePerson, type Known } from './judge-person.ts'

/** Judges the person of an answer by who there is in the database now. Changes nothing. */
export async function judgeAnswer(sql: Queryable, settings: ProviderSettings, answer: Answer): Promise<Judgement> {
  const known = await findKnown(sql, answer)
  return judgePerson(settings, answer.claims, known, organizationTree((await readTree(sql)).nodes))
}

async function findKnown(sql: Queryable, { issuer, subject, claims }: Answer): Promise<Known> {
  const linkedId = await findLinkedUserId(sql, issuer, subject)
  const linked = linkedId === undefined ? undefined : await findUser(sql, linkedId)
  if (linked) return { linked: { id: linked.id, disabled: linked.disabledAt !== null }, sameEmail: null }
  const email = emailOf(claims)
  const same = email === undefined ? undefined : await findUserByEmail(sql, email)
  if (!same) return { linked: null, sameEmail: null }
  const emailConfirmed = await isEmailConfirmed(sql, same.id)
  return { linked: null, sameEmail: { id: same.id, disabled: same.disabledAt !== null, emailConfirmed } }
}
