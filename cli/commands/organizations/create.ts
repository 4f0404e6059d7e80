import type { Organization } from '../../api/shapes.ts'
import { type Command, text } from '../../command.ts'
import { exit, usageError } from '../../exit.ts'
import { printableLine } from '../../terminal/printable.ts'
import { findOrganization } from './find.ts'

export const createOrganization: Command = {
  options: { below: { type: 'string' }, slug: { type: 'string' }, json: { type: 'boolean' } },
  help: `Usage: indag organization create <name> [options]

Creates an organization below another one and prints its slug.

  --below <slug>    the organization above; usual: your own
  --slug <slug>     its short name; usual: made of the name
  --json            the organization as one JSON document

Example:
  indag organization create "Harbour office" --below north`,

  async run({ positionals, values, terminal, api }) {
    const [name, more] = positionals
    if (name === undefined || more !== undefined)
      throw usageError('Give one name; in quotes if it has spaces.', 'indag organization create "Harbour office"')
    const below = text(values, 'below')
    const slug = text(values, 'slug')
    const parent = below === undefined ? undefined : await findOrganization(api, below)
    const body = { name, ...(slug ? { slug } : {}), ...(parent ? { parentId: parent.id } : {}) }
    const made = await api.ask<Organization>('POST', '/api/v1/organizations', { body })
    terminal.out(values['json'] ? JSON.stringify(made, null, 2) : made.slug)
    terminal.err(`Created "${printableLine(made.name)}"${parent ? ` below "${printableLine(parent.name)}"` : ''}.`)
    return exit.ok
  },
}
