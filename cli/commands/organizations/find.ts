import type { Api } from '../../api/client.ts'
import type { Organization } from '../../api/shapes.ts'
import { whole } from '../../api/whole.ts'
import { CliError, exit } from '../../exit.ts'

/** The organization of this slug, name or id. Fails with a CliError that leads to the list. */
export async function findOrganization(api: Api, wanted: string): Promise<Organization> {
  const { items } = await whole<Organization>(api, '/api/v1/organizations')
  const same = (text: string) => text.toLowerCase() === wanted.toLowerCase()
  const found = items.find(({ id, slug }) => same(id) || same(slug))
  if (found) return found
  const named = items.filter(({ name }) => same(name))
  if (named.length === 1) return named[0]!
  const why =
    named.length > 1
      ? `Several organizations are named "${wanted}": give the slug.`
      : `There is no organization "${wanted}" that you may see.`
  throw new CliError(exit.error, why, 'indag organization list')
}
