type Operation = { responses: Record<string, object> }
type Document = {
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, unknown> }
}

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }

/**
 * What every operation may answer beside what it names: 429 with its headers, and any other problem.
 */
export function describeAnswers(document: object): object {
  const { paths = {} } = document as Document
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    operation.responses['429'] ??= {
      description: 'A limit is used up: the problem names it and says when it begins anew',
      content: problem,
    }
    operation.responses['default'] ??= { description: 'Any other problem', content: problem }
  }
  return document
}
