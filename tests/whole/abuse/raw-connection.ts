import { once } from 'node:events'
import { connect } from 'node:net'

/** Writes these bytes on a connection of its own and reads until the server closes it, or `enough` says so. */
export async function speak(
  base: string,
  pieces: (string | Buffer)[],
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (enough(text)) socket.destroy()
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  for (const piece of pieces) socket.write(piece)
  await once(socket, 'close')
  return text
}

export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))
