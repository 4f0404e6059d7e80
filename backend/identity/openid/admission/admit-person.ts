import { type Actor, newId, systemActor } from '../../../foundation/index.ts'
import { type Client as Browser, seenOf, startSession } from '../../sessions/start-session.ts'
import { addressesForgottenBefore } from '../../sessions/session-lifetime.ts'
import { lockTree, rootOrganizationId } from '../../store/organizations.ts'
import { noteSignIn } from '../../store/sign-ins.ts'
import { findUser, insertUser, type UserRecord } from '../../store/users.ts'
import { shownUser } from '../../users/user-rules.ts'
import type { OpenIdDeps } from '../flow/openid-deps.ts'
import type { Answer } from '../flow/read-answer.ts'
import { OpenIdRefusal } from '../problem.ts'
import type { ProviderSettings } from '../provider.ts'
import { insertLink, noteLinkUsed } from '../store/links.ts'
import { judgeAnswer } from './judge-answer.ts'
import type { Judgement } from './judge-person.ts'
import { personName } from './person-name.ts'
import { type Admitting, homeOf, regrade } from './regrade.ts'

type Entering = Extract<Judgement, { kind: 'enters' }>

/**
 * Signs a person in by what a provider says of them: makes or links the user when that is due, gives them the role of
 * the mapping, and starts a session as a password does. Fails with an OpenIdRefusal, and then changes nothing.
 * @returns the secret for the session's cookie.
 */
export async function admitPerson(
  deps: OpenIdDeps,
  settings: ProviderSettings,
  answer: Answer,
  browser: Browser,
): Promise<string> {
  return deps.sql.begin(async (tx) => {
    // Who stands where is changed one after the other, and judged by what the change before has left.
    await lockTree(tx)
    const judgement = await judgeAnswer(tx, settings, answer)
    if (judgement.kind === 'refused') throw new OpenIdRefusal(judgement.problem)
    const now = new Date(deps.clock.now())
    const actor: Actor = { ...systemActor, name: settings.name, ...seenOf(browser) }
    const admitting: Admitting = { tx, record: deps.record, now, settings, actor }
    const { id, name, organizationId } = await userFor(admitting, judgement, answer)
    await noteLinkUsed(tx, answer.issuer, answer.subject, now)
    await noteSignIn(tx, id, browser.address, now, addressesForgottenBefore(now.getTime()))
    await deps.record(
      tx,
      { ...actor, userId: id, name, via: 'session' },
      {
        action: 'user.sign-in',
        resource: { type: 'user', id, name },
        organizationId,
        after: { provider: settings.slug },
      },
    )
    return startSession(tx, deps.clock, id, browser)
  })
}

async function userFor(admitting: Admitting, judgement: Entering, answer: Answer): Promise<UserRecord> {
  if (judgement.how === 'create') return createUser(admitting, judgement, answer)
  const user = (await findUser(admitting.tx, judgement.userId))!
  if (judgement.how === 'link') await link(admitting, user, answer, true)
  return regrade(admitting, user, judgement.grade)
}

async function createUser(
  admitting: Admitting,
  { email, grade }: Extract<Entering, { how: 'create' }>,
  answer: Answer,
): Promise<UserRecord> {
  const { tx, now, record, actor, settings } = admitting
  const user = {
    id: newId(),
    email,
    name: personName(answer.claims, email),
    role: grade.role,
    kind: 'person' as const,
    organizationId: homeOf(grade, rootOrganizationId),
  }
  await insertUser(tx, { ...user, passwordHash: null, createdAt: now })
  const made = { ...user, hasPassword: false, createdAt: now, disabledAt: null, lastSignInAt: null }
  await record(tx, actor, {
    action: 'user.provision',
    resource: { type: 'user', id: user.id, name: user.name },
    organizationId: user.organizationId,
    after: { ...shownUser(made), provider: settings.slug },
  })
  await link(admitting, made, answer, answer.claims['email_verified'] === true)
  return made
}

async function link(
  { tx, now, record, actor, settings }: Admitting,
  user: UserRecord,
  { issuer, subject }: Answer,
  emailConfirmed: boolean,
): Promise<void> {
  await insertLink(tx, { issuer, subject, userId: user.id, emailConfirmed }, now)
  await record(tx, actor, {
    action: 'user.link',
    resource: { type: 'user', id: user.id, name: user.name },
    organizationId: user.organizationId,
    after: { provider: settings.slug, issuer, subject },
  })
}
