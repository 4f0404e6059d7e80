import { AppError, type ErrorCode } from '../../foundation/index.ts'

export const openIdCodes = [
  'openid-issuer',
  'openid-redirect',
  'openid-claim',
  'user-disabled',
  'openid-link',
  'openid-no-access',
  'openid-stopped',
  'openid-answer',
  'openid-expired',
] as const satisfies readonly ErrorCode[]

export type OpenIdCode = (typeof openIdCodes)[number]

/** Why nobody was signed in, as it is kept for the page: facts, never the provider's words as they came. */
export type OpenIdProblem = {
  code: OpenIdCode
  /** One sentence of ours with the facts. */
  detail: string
  /** What to do, and who can do it. */
  fix: string
}

/** What a person sees when the facts are gone, or there are none. */
const general: Record<OpenIdCode, Omit<OpenIdProblem, 'code'>> = {
  'openid-issuer': {
    detail: 'The sign-in provider does not answer as it should.',
    fix: 'Try again in a moment, or sign in with a password. An administrator tests the provider on the page OpenID.',
  },
  'openid-redirect': {
    detail: 'The sign-in provider does not take our address for the way back.',
    fix: 'An administrator registers the redirect URI at the provider; the page OpenID shows it.',
  },
  'openid-claim': {
    detail: 'The sign-in provider did not send what decides about your role.',
    fix: 'An administrator adds the claim at the provider, or changes the mapping on the page OpenID.',
  },
  'user-disabled': { detail: 'Your account here is disabled.', fix: 'Ask an administrator to enable it.' },
  'openid-link': {
    detail: 'There is a user with your e-mail, and this provider may not sign in as them.',
    fix: 'Sign in with your password, or ask an administrator.',
  },
  'openid-no-access': { detail: 'You have no access to Indag by this provider.', fix: 'Ask an administrator for it.' },
  'openid-stopped': { detail: 'The sign-in was stopped at the provider.', fix: 'Try again.' },
  'openid-answer': {
    detail: "The provider's answer could not be trusted, so nobody was signed in.",
    fix: 'Try again. If it stays so, tell an administrator.',
  },
  'openid-expired': {
    detail: 'This sign-in was begun more than ten minutes ago, was used already, or was begun in another browser.',
    fix: 'Begin again here.',
  },
}

export function generalProblem(code: OpenIdCode): OpenIdProblem {
  return { code, ...general[code] }
}

/** The usual words of a code with facts of this case in their place. */
export function openIdProblem(code: OpenIdCode, detail: string, fix = general[code].fix): OpenIdProblem {
  return { code, detail, fix }
}

/** A problem on its way out of a step of a sign-in; caught where the flow ends. */
export class OpenIdRefusal extends Error {
  override readonly name = 'OpenIdRefusal'
  readonly problem: OpenIdProblem

  constructor(problem: OpenIdProblem, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause })
    this.problem = problem
  }
}

export function refuse(code: OpenIdCode, detail: string, options: { fix?: string; cause?: unknown } = {}): never {
  throw new OpenIdRefusal(openIdProblem(code, detail, options.fix), options.cause)
}

/** Only the provider's administrator can mend it, and needs the address to the letter. */
export function refuseRedirect(providerName: string, redirectUri: string, cause?: unknown): never {
  refuse('openid-redirect', `${providerName} refuses the redirect URI of Indag.`, {
    fix: `An administrator of ${providerName} registers exactly this one: ${redirectUri}`,
    cause,
  })
}

export function asAppError({ code, detail, fix }: OpenIdProblem): AppError {
  return new AppError(code, `${detail} ${fix}`)
}
