import type { MiddlewareHandler } from 'hono'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { newRouter, type RecordChange, type SealedColumn } from '../foundation/index.ts'
import type { Verification } from './audit/chain/verify-chain.ts'
import { type Audit, openAudit } from './audit/open-audit.ts'
import { identityRestorers } from './audit/restoring/identity-restorers.ts'
import type { Restorers } from './audit/restoring/restore-deleted.ts'
import { addAuditRoutes } from './audit/routes.ts'
import { authenticate } from './authentication/authenticate.ts'
import { followChanges } from './authentication/follow-changes.ts'
import { keepTree } from './access/keep-tree.ts'
import { openVerifiedCallers } from './authentication/verified-callers.ts'
import type { IdentityOptions, IdentityParts, Log } from './identity-parts.ts'
import { openOpenId } from './openid/open-openid.ts'
import { clientSecretsColumn } from './openid/providers/secrets-column.ts'
import { addApiTokenRoutes } from './routes/api-tokens.ts'
import { remoteAddress } from './routes/client.ts'
import { addGroupRoutes } from './routes/groups.ts'
import { addMeRoutes } from './routes/me.ts'
import { addOrganizationRoutes } from './routes/organizations.ts'
import { addPasswordLinkRoutes } from './routes/password-links.ts'
import { addRoleGrantRoutes } from './routes/role-grants.ts'
import { addRoleRoutes } from './routes/roles.ts'
import { addServiceAccountRoutes } from './routes/service-accounts.ts'
import { addSessionRoutes } from './routes/sessions/sessions.ts'
import { addSetupRoutes } from './routes/setup.ts'
import { addSignInRoutes } from './routes/sessions/sign-in.ts'
import { addUserRoutes } from './routes/users.ts'
import { addUserSessionRoutes } from './routes/sessions/user-sessions.ts'
import { sessionCookie } from './sessions/session-cookie.ts'
import { openSignInLimit } from './sessions/sign-in-limit.ts'
import { createSetupLink } from './setup/create-setup-link.ts'
import { type AdminWish, installAdmin } from './setup/install-admin.ts'

export type Identity = {
  /** To be mounted at `/api/v1`. */
  routes: OpenAPIHono
  /** To be mounted at `/auth`. */
  authRoutes: OpenAPIHono
  /** To stand before all routes of the product. */
  authenticate: MiddlewareHandler
  /** A link for the first administrator, or null when there is a user. Valid once, for three days. */
  createSetupLink(): Promise<string | null>
  /** For unattended starts; may be called at each start. Fails with invalid-input that names the field. */
  installAdmin(wish: AdminWish): Promise<void>
  /** For every other module: told within the transaction of each change, it becomes an entry of the audit log. */
  record: RecordChange
  /** What other modules can bring back after a deletion, by the action that deleted it. */
  addRestorers(restorers: Restorers): void
  /** For whoever gives all sealed texts a new key. */
  sealed: readonly SealedColumn[]
  /** Whether the audit log is as it was written. */
  verifyAudit(): Promise<Verification>
  /** Waits for the last "used at" and the last denied attempt to be written. */
  settle(): Promise<void>
  /** Settles, and hears of no more changes. */
  close(): Promise<void>
}

export function openIdentity(options: IdentityOptions): Identity {
  const { sql, clock, log, publicUrl } = options
  const audit = openAudit(options)
  const parts: IdentityParts = {
    signInLimit: openSignInLimit(),
    addressOf: remoteAddress,
    record: audit.record,
    admit: () => {},
    ...options,
    callers: openVerifiedCallers(clock),
    cookie: sessionCookie(options.secureCookies),
  }
  audit.addRestorers(identityRestorers(parts))
  const notes = openLateNotes(log)
  const changes = followChanges(sql, parts.callers, log)
  const routes = buildRoutes(parts, audit)
  return {
    ...routes,
    authenticate: authenticate({ ...parts, denials: audit.denials, trees: keepTree(sql), later: notes.add }),
    createSetupLink: () => createSetupLink(sql, clock, publicUrl),
    installAdmin: (wish) => installAdmin({ sql, clock, log, record: parts.record }, wish),
    record: parts.record,
    addRestorers: audit.addRestorers,
    sealed: [clientSecretsColumn(sql)],
    verifyAudit: () => audit.verify(),
    settle: async () => {
      await Promise.all([notes.settle(), audit.denials.flush()])
    },
    close: async () => {
      await changes.close()
      await notes.settle()
      await audit.close()
    },
  }
}

function buildRoutes(parts: IdentityParts, audit: Audit): Pick<Identity, 'routes' | 'authRoutes'> {
  const routes = newRouter()
  const authRoutes = newRouter()
  addSetupRoutes(routes, parts)
  addMeRoutes(routes, parts)
  addSessionRoutes(routes, parts)
  addApiTokenRoutes(routes, parts)
  addOrganizationRoutes(routes, parts)
  addUserRoutes(routes, parts)
  addUserSessionRoutes(routes, parts)
  addGroupRoutes(routes, parts)
  addServiceAccountRoutes(routes, parts)
  addRoleGrantRoutes(routes, parts)
  addAuditRoutes(routes, parts, audit)
  addRoleRoutes(routes)
  addSignInRoutes(authRoutes, parts)
  addPasswordLinkRoutes(authRoutes, parts)
  openOpenId(routes, authRoutes, parts)
  return { routes, authRoutes }
}

/** Writes that no caller waits for; their failure is logged and harms nobody. */
function openLateNotes(log: Log) {
  const running = new Set<Promise<void>>()
  return {
    add(work: Promise<void>): void {
      const noted = work.catch((error: unknown) => log.warn({ err: error }, 'last use could not be written'))
      running.add(noted)
      void noted.finally(() => running.delete(noted))
    },
    async settle(): Promise<void> {
      await Promise.all(running)
    },
  }
}
