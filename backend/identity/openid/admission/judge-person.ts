import type { OrganizationTree } from '../../access/organization-tree.ts'
import { isEmail } from '../../email.ts'
import { decideGrade } from '../mapping/decide-grade.ts'
import type { Claims } from '../mapping/read-claim.ts'
import { generalProblem, type OpenIdProblem, openIdProblem } from '../problem.ts'
import type { Grade, ProviderSettings } from '../provider.ts'

type KnownUser = { id: string; disabled: boolean }

/** Who there is already: by the link of issuer and subject, and by the e-mail in the claims. */
export type Known = { linked: KnownUser | null; sameEmail: (KnownUser & { emailConfirmed: boolean }) | null }

export type Judgement =
  | { kind: 'enters'; how: 'linked' | 'link'; userId: string; grade: Grade; rule: number | null }
  | { kind: 'enters'; how: 'create'; email: string; grade: Grade; rule: number | null }
  | { kind: 'refused'; problem: OpenIdProblem; grade: Grade | null; rule: number | null }

/** Whether this person may enter, as whom and with which role. Pure; a trial asks the same question. */
export function judgePerson(
  settings: ProviderSettings,
  claims: Claims,
  known: Known,
  tree: OrganizationTree,
): Judgement {
  const refused = (problem: OpenIdProblem): Judgement => ({ kind: 'refused', problem, grade: null, rule: null })
  if (known.linked?.disabled) return refused(generalProblem('user-disabled'))
  const domain = judgeDomain(settings, claims)
  if (domain) return refused(domain)
  const graded = decideGrade(settings, claims)
  if (graded.kind === 'missing-claim') return refused(missingClaim(settings, graded.claims, claims))
  if (graded.kind === 'no-rule-fits') {
    return refused(
      openIdProblem('openid-no-access', `What ${settings.name} says of you fits no rule that gives a role here.`),
    )
  }
  const { grade, rule } = graded
  const place = judgePlace(grade, tree)
  if (place) return { kind: 'refused', problem: place, grade, rule }
  const who = judgeWho(settings, claims, known)
  return who.kind === 'refused' ? { ...who, grade, rule } : { kind: 'enters', ...who.entry, grade, rule }
}

function judgeDomain({ name, allowedDomains }: ProviderSettings, claims: Claims): OpenIdProblem | undefined {
  if (allowedDomains.length === 0) return undefined
  const email = emailOf(claims)
  if (email === undefined) return missingClaim({ name }, ['email'], claims)
  if (claims['email_verified'] === undefined) return missingClaim({ name }, ['email_verified'], claims)
  if (claims['email_verified'] !== true) return unverified(name, 'openid-no-access')
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (allowedDomains.includes(domain)) return undefined
  return openIdProblem('openid-no-access', `E-mail addresses of ${domain} may not enter by ${name}.`)
}

/** A rule may name an organization that has gone since. */
function judgePlace({ organizationId }: Grade, tree: OrganizationTree): OpenIdProblem | undefined {
  if (organizationId === null || (tree.has(organizationId) && !tree.isArchived(organizationId))) return undefined
  return openIdProblem(
    'openid-no-access',
    'The organization that your role belongs to is archived or gone.',
    'An administrator mends the mapping on the page OpenID.',
  )
}

type Who =
  | { kind: 'entry'; entry: { how: 'linked' | 'link'; userId: string } | { how: 'create'; email: string } }
  | { kind: 'refused'; problem: OpenIdProblem }

function judgeWho(settings: ProviderSettings, claims: Claims, { linked, sameEmail }: Known): Who {
  const { name } = settings
  if (linked) return { kind: 'entry', entry: { how: 'linked', userId: linked.id } }
  const email = emailOf(claims)
  if (email === undefined) return { kind: 'refused', problem: missingClaim(settings, ['email'], claims) }
  if (sameEmail === null) {
    if (settings.provisioning === 'create') return { kind: 'entry', entry: { how: 'create', email } }
    const detail = `Nobody here has the e-mail ${email}, and ${name} is not to make users.`
    return {
      kind: 'refused',
      problem: openIdProblem('openid-no-access', detail, 'Ask an administrator to invite you.'),
    }
  }
  if (!settings.linkByEmail || !sameEmail.emailConfirmed) {
    const detail = `There is a user with the e-mail ${email}, and ${name} may not sign in as them.`
    return { kind: 'refused', problem: openIdProblem('openid-link', detail) }
  }
  if (claims['email_verified'] !== true) return { kind: 'refused', problem: unverified(name, 'openid-link') }
  if (sameEmail.disabled) return { kind: 'refused', problem: generalProblem('user-disabled') }
  return { kind: 'entry', entry: { how: 'link', userId: sameEmail.id } }
}

/** The e-mail of the claims, if it can be one. */
export function emailOf(claims: Claims): string | undefined {
  const email = claims['email']
  return typeof email === 'string' && email.length >= 3 && isEmail(email) && !/\p{Cc}/u.test(email) ? email : undefined
}

/** Names only, never values: whoever is refused shows this page to an administrator. */
function missingClaim({ name }: Pick<ProviderSettings, 'name'>, missing: string[], claims: Claims): OpenIdProblem {
  const sent = Object.keys(claims).toSorted().slice(0, 50)
  const what = `${missing.length === 1 ? 'the claim' : 'the claims'} ${missing.map((each) => `"${each}"`).join(', ')}`
  return openIdProblem('openid-claim', `${name} did not send ${what}. It sent: ${sent.join(', ').slice(0, 1_000)}.`)
}

function unverified(name: string, code: 'openid-link' | 'openid-no-access'): OpenIdProblem {
  return openIdProblem(
    code,
    `${name} has not verified your e-mail (email_verified is not true).`,
    `Verify your e-mail at ${name}, or sign in with your password.`,
  )
}
