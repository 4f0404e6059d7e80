import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { chargeFurther, jsonResponse, newRouter, problemResponses } from '../../foundation/index.ts'
import { route } from '../../identity/index.ts'
import { defang, extractIndicators, INDICATOR_KINDS, kinds } from '../../indicators/index.ts'
import { storable } from '../requests/read-indicators.ts'
import { maxTextLength } from '../requests/request-options.ts'
import { viewAddress } from '../requests/view-request.ts'
import { extractionSchema } from './schemas.ts'

const extract = route({
  permission: 'requests:write',
  held: 'somewhere',
  method: 'post',
  path: '/indicators/extract',
  operationId: 'extractIndicators',
  audit: { none: 'recognises a text and keeps nothing' },
  tags: ['indicators'],
  summary: 'The indicators in a text, with their places and what was rejected',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              text: z.string().max(maxTextLength),
              hosts: z.boolean().default(false).openapi({ description: 'Also the hosts of URLs and e-mail addresses' }),
            })
            .openapi('ExtractText'),
        },
      },
    },
  },
  responses: {
    200: jsonResponse(extractionSchema, 'What was found'),
    ...problemResponses(400, 401, 403, 413, 415, 422),
  },
})

const listKinds = route({
  permission: 'signed-in',
  method: 'get',
  path: '/indicator-kinds',
  operationId: 'listIndicatorKinds',
  tags: ['indicators'],
  responses: {
    200: jsonResponse(
      z.object({
        items: z.array(
          z.object({
            slug: z.enum(INDICATOR_KINDS),
            name: z.string(),
            plural: z.string(),
            example: z.string(),
            enrichable: z.boolean(),
          }),
        ),
      }),
      'Every kind of indicator',
    ),
    ...problemResponses(401),
  },
})

/** What one point of the limit of extractions buys. */
const charactersPerPoint = 10_000

export function indicatorRoutes(): OpenAPIHono {
  const router = newRouter()
  router.openapi(extract, (c) => {
    const { text, hosts } = c.req.valid('json')
    chargeFurther(c, Math.floor(text.length / charactersPerPoint))
    const found = extractIndicators(storable(text), { hosts })
    return c.json(
      {
        indicators: found.indicators.map((one) => ({ ...one, defanged: defang(one), ...viewAddress(one) })),
        rejected: found.rejected,
      },
      200,
    )
  })
  router.openapi(listKinds, (c) =>
    c.json(
      {
        items: INDICATOR_KINDS.map((slug) => ({
          slug,
          name: kinds[slug].name,
          plural: kinds[slug].plural,
          example: kinds[slug].example,
          enrichable: kinds[slug].enrichable,
        })),
      },
      200,
    ),
  )
  return router
}
