import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, organizationIdsWhere, principal, route } from '../../identity/index.ts'
import { dismissNotification } from '../notifications/dismiss-notification.ts'
import { listNotifications, type Notification } from '../notifications/list-notifications.ts'
import { readNotificationsFor } from '../store/notifications.ts'
import type { RouteParts } from './parts.ts'
import { idParams, notificationSchema } from './schemas.ts'

/** What a caller could read on the pages of the sources as well. */
const shared = { tags: ['notifications'], permission: 'sources:read' as const, held: 'somewhere' as const }

const list = route({
  ...shared,
  method: 'get',
  path: '/notifications',
  operationId: 'listNotifications',
  summary: 'What should be done about secrets, in the organizations whose sources you may read; newest first',
  responses: {
    200: jsonResponse(z.object({ items: z.array(notificationSchema) }), 'those that you have not dismissed'),
    ...problemResponses(401, 403),
  },
})

const dismiss = route({
  ...shared,
  method: 'post',
  path: '/notifications/{id}/dismiss',
  operationId: 'dismissNotification',
  audit: 'notification.dismiss',
  summary: 'Take a notification off your own list',
  request: { params: idParams },
  responses: { 204: { description: 'dismissed' }, ...problemResponses(401, 403, 404, 422) },
})

export function addNotificationRoutes(router: OpenAPIHono, parts: RouteParts): void {
  const { sql, keeper, notifier } = parts
  async function ofCaller(c: Context): Promise<Notification[]> {
    const caller = principal(c)
    const rows = await readNotificationsFor(sql, caller.user.id, organizationIdsWhere(caller, 'sources:read'))
    return listNotifications(rows, notifier.findings(), keeper.current())
  }

  router.openapi(list, async (c) => c.json({ items: await ofCaller(c) }, 200))

  router.openapi(dismiss, async (c) => {
    const { id } = c.req.valid('param')
    const notification = (await ofCaller(c)).find((one) => one.id === id)
    await dismissNotification(parts, actorOf(c), principal(c).user.id, notification)
    return c.body(null, 204)
  })
}
