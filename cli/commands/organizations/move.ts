import type { Organization } from '../../api/shapes.ts'
import { type Command, text } from '../../command.ts'
import { exit, usageError } from '../../exit.ts'
import { printableLine } from '../../terminal/printable.ts'
import { findOrganization } from './find.ts'

export const moveOrganization: Command = {
  options: { below: { type: 'string' }, json: { type: 'boolean' } },
  help: `Usage: indag organization move <slug> --below <slug> [options]

Moves an organization, with all below it. The roles that hold there are those of its new place.

  --below <slug>    the organization that it comes to stand below
  --json            the organization as one JSON document

Example:
  indag organization move harbour-office --below south`,

  async run({ positionals, values, terminal, api }) {
    const [wanted, more] = positionals
    const below = text(values, 'below')
    if (wanted === undefined || more !== undefined || below === undefined)
      throw usageError('Give one organization and --below.', 'indag organization move harbour-office --below south')
    const [organization, parent] = [await findOrganization(api, wanted), await findOrganization(api, below)]
    const moved = await api.ask<Organization>('PATCH', `/api/v1/organizations/${organization.id}`, {
      body: { parentId: parent.id },
    })
    if (values['json']) terminal.out(JSON.stringify(moved, null, 2))
    terminal.err(`Moved "${printableLine(moved.name)}" below "${printableLine(parent.name)}".`)
    return exit.ok
  },
}
