import { runRunner } from '@indag/runner-contract'
const result = Buffer.from(JSON.stringify({summary:'x'.repeat(20), facts:[{name:'a',value:1}], raw:{a:'x'.repeat(100)}}))
await runRunner(async ({sandbox}) => ({ language: 'python', languageVersion: '0', sandbox, compile: async () => ({ diagnostics: [], hooks: ['fetchData'] }), call: async () => ({ ok: true, resultJson: result }), forget() {}, load: () => ({ children: 0, memoryBytes: 0, kills: 0 }), async close() {} }))
