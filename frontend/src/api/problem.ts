import type { Problem } from './types.ts'

/** A failure of the API, as the problem+json it answered with. */
export class ApiProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ApiProblem'
    this.problem = problem
  }
}

/** Any thrown thing as a problem, so that one component can render it. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem
  if (error instanceof TypeError) {
    return {
      title: 'The backend cannot be reached',
      status: 0,
      code: 'unreachable',
      detail: 'The request left the browser, but nothing answered.',
      errors: [{ path: '', message: 'Check that Indag still runs: `npm start`, then try again.' }],
    }
  }
  const detail = error instanceof Error ? error.message : String(error)
  return { title: 'Something in this page failed', status: 0, code: 'page', detail }
}

/** What is wrong with one field of a form, to stand at that field. */
export function fieldError(error: unknown, name: string): string | undefined {
  if (!error) return undefined
  const entry = toProblem(error).errors?.find(({ path }) => path === name || path.endsWith(`.${name}`))
  return entry && [entry.message, entry.fix].filter(Boolean).join('. ')
}

/** The problem+json of an answer, or an honest stand-in when a proxy answered in its own words. */
export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'title' in body) return body as Problem
  } catch {
    // Not JSON: a proxy's page. Its words would mislead more than the status does.
  }
  return {
    title: `The server answered ${response.status}`,
    status: response.status,
    code: 'internal',
    detail: 'The answer came without a problem description, probably from a proxy between the browser and Indag.',
  }
}
