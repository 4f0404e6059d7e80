import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { status } from '@grpc/grpc-js'
import { createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import type { ServerReflectionRequest, ServerReflectionResponse } from '@indag/proto/grpc/reflection/v1/reflection.ts'

type Answer = ServerReflectionResponse['messageResponse']
export type Answers = (request: ServerReflectionRequest) => Answer

/** Answers from the committed descriptors (`buf build`). */
export function openAnswers(): Answers {
  const image = readFileSync(fileURLToPath(import.meta.resolve('@indag/proto/descriptors.binpb')))
  const set = fromBinary(FileDescriptorSetSchema, image)
  const registry = createFileRegistry(set)
  const bytes = new Map(set.file.map((file) => [file.name, Buffer.from(toBinary(FileDescriptorProtoSchema, file))]))
  const dependencies = new Map(set.file.map((file) => [file.name, file.dependency]))
  const services = set.file.flatMap((file) =>
    file.service.map((service) => ({ name: `${file.package}.${service.name}` })),
  )

  const withDependencies = (name: string, found = new Set<string>()): Set<string> => {
    if (found.has(name)) return found
    found.add(name)
    for (const dependency of dependencies.get(name) ?? []) withDependencies(dependency, found)
    return found
  }
  const file = (name: string): Answer => {
    if (!bytes.has(name)) return notFound
    const fileDescriptorProto = [...withDependencies(name)].flatMap((each) => bytes.get(each) ?? [])
    return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto } }
  }
  return (request) => {
    const asked = request.messageRequest
    if (asked?.$case === 'listServices') return { $case: 'listServicesResponse', value: { service: services } }
    if (asked?.$case === 'fileByFilename') return file(asked.value)
    if (asked?.$case !== 'fileContainingSymbol') return notFound
    const found = registry.get(asked.value) ?? registry.get(asked.value.slice(0, asked.value.lastIndexOf('.')))
    return found ? file(`${found.file.name}.proto`) : notFound
  }
}

const notFound: Answer = { $case: 'errorResponse', value: { errorCode: status.NOT_FOUND, errorMessage: 'not found' } }
