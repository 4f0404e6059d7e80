import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { api } from './api/client.ts'
import { ApiProblem } from './api/problem.ts'
import { meQuery } from './api/queries.ts'
import * as search from './search.ts'
import { AdministrationFrame } from './shell/administration/frame.tsx'
import { Lost } from './shell/lost.tsx'
import { Shell } from './shell/shell.tsx'
import { ProblemPage } from './shell/problem-page.tsx'

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ notFoundComponent: Lost })

/** Lets a signed-in user pass; sends the others to the first setup or to the sign-in page, and back afterwards. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem.status !== 401) throw error
      const { needed } = await api.setupNeeded()
      if (needed) throw redirect({ to: '/setup' })
      throw redirect({ to: '/sign-in', search: { next: location.href } })
    }
  },
  component: Shell,
})

/** The pages about who is who. */
const administration = createRoute({
  getParentRoute: () => signedIn,
  id: 'administration',
  component: AdministrationFrame,
})

const administrationRoutes = [
  createRoute({
    getParentRoute: () => administration,
    path: '/users',
    validateSearch: search.users,
    component: lazyRouteComponent(() => import('./pages/identity/users/users-page.tsx'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/users/$id',
    validateSearch: search.place,
    component: lazyRouteComponent(() => import('./pages/identity/users/user-page.tsx'), 'UserPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/groups',
    validateSearch: search.named,
    component: lazyRouteComponent(() => import('./pages/identity/groups/groups-page.tsx'), 'GroupsPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/groups/$id',
    component: lazyRouteComponent(() => import('./pages/identity/groups/group-page.tsx'), 'GroupPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/service-accounts',
    validateSearch: search.named,
    component: lazyRouteComponent(() => import('./pages/identity/service-accounts/accounts-page.tsx'), 'AccountsPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/service-accounts/$id',
    component: lazyRouteComponent(() => import('./pages/identity/service-accounts/account-page.tsx'), 'AccountPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/organizations',
    validateSearch: search.named,
    component: lazyRouteComponent(
      () => import('./pages/identity/organizations/organizations-page.tsx'),
      'OrganizationsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/organizations/$id',
    component: lazyRouteComponent(
      () => import('./pages/identity/organizations/organization-page.tsx'),
      'OrganizationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/openid-providers',
    validateSearch: search.openIdProviders,
    component: lazyRouteComponent(() => import('./pages/identity/openid/providers-page.tsx'), 'ProvidersPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/audit',
    validateSearch: search.audit,
    component: lazyRouteComponent(() => import('./pages/identity/audit/audit-page.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => administration,
    path: '/roles',
    validateSearch: search.roles,
    component: lazyRouteComponent(() => import('./pages/identity/roles/roles-page.tsx'), 'RolesPage'),
  }),
]

const routes = [
  signedIn.addChildren([
    createRoute({
      getParentRoute: () => signedIn,
      path: '/',
      validateSearch: search.investigate,
      component: lazyRouteComponent(
        () => import('./pages/enrichment/investigate/investigate-page.tsx'),
        'InvestigatePage',
      ),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/requests/$id',
      validateSearch: search.request,
      component: lazyRouteComponent(() => import('./pages/enrichment/request/request-page.tsx'), 'RequestPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/history',
      validateSearch: search.history,
      component: lazyRouteComponent(() => import('./pages/enrichment/history/history-page.tsx'), 'HistoryPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/sources',
      validateSearch: search.sources,
      component: lazyRouteComponent(() => import('./pages/sources/sources-page.tsx'), 'SourcesPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/sources/$slug',
      validateSearch: search.place,
      component: lazyRouteComponent(() => import('./pages/sources/source-page.tsx'), 'SourcePage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/ignore-lists',
      validateSearch: search.place,
      component: lazyRouteComponent(() => import('./pages/sources/ignore-lists-page.tsx'), 'IgnoreListsPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/runners',
      component: lazyRouteComponent(() => import('./pages/runner-pool/runners-page.tsx'), 'RunnersPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/system',
      component: lazyRouteComponent(() => import('./pages/system/system-page.tsx'), 'SystemPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/tokens',
      component: lazyRouteComponent(() => import('./pages/identity/tokens/tokens-page.tsx'), 'TokensPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/profile',
      component: lazyRouteComponent(() => import('./pages/identity/profile/profile-page.tsx'), 'ProfilePage'),
    }),
    administration.addChildren(administrationRoutes),
  ]),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: search.signIn,
    component: lazyRouteComponent(() => import('./pages/identity/sign-in-page.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/set-password',
    component: lazyRouteComponent(() => import('./pages/identity/set-password-page.tsx'), 'SetPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/setup',
    component: lazyRouteComponent(() => import('./pages/identity/setup-page.tsx'), 'SetupPage'),
  }),
]

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren(routes),
    context: { queries },
    defaultErrorComponent: ProblemPage,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
