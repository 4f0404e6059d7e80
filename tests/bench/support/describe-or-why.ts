/** A part of the page, or a line that says why it could not be measured: one that fails does not cost the others. Ends the run with code 1. */
export async function describeOrWhy(describe: () => Promise<string>): Promise<string> {
  try {
    return await describe()
  } catch (cause) {
    console.error(cause)
    process.exitCode = 1
    return `Not measured (${describe.name}): ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
