import type { ServerReflectionRequest, ServerReflectionServer } from '@indag/proto/grpc/reflection/v1/reflection.ts'
import type { Answers } from './reflection-answers.ts'

/**
 * grpc.reflection.v1, so that any gRPC tool can explore a runner. Needs no token. What it takes is loaded with the first question: most
 * runs have none.
 */
export function makeReflection(): ServerReflectionServer {
  let opening: Promise<Answers> | undefined
  return {
    serverReflectionInfo: (call) => {
      opening ??= import('./reflection-answers.ts').then(({ openAnswers }) => openAnswers())
      const opened = opening
      let said: Promise<void> = Promise.resolve()
      const answer = async (request: ServerReflectionRequest) => {
        const messageResponse = (await opened)(request)
        call.write({ validHost: request.host, originalRequest: request, messageResponse })
      }
      call.on('data', (request: ServerReflectionRequest) => {
        said = said.then(() => answer(request))
        said.catch((cause: Error) => call.destroy(cause))
      })
      call.on('end', () => void said.then(() => call.end()))
    },
  }
}
