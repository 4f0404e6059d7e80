import type { Attack } from '../attack.ts'
import { family } from './module.ts'

/** Asks for each address; whoever answers is given back whole. */
const ask = (addresses: string, init = '{}') => `
  const got = []
  for (const url of ${addresses}) {
    try { const r = await ctx.fetch(url, ${init}); got.push([url, r.status, await r.text()]) } catch (e) { got.push([url, e.name, String(e.message)]) }
  }
  return { summary: 's', got }`
const P = '${ctx.config.tcpPort}'
/** Everything is on the list of hosts: what holds is the address. */
const names = [
  '127.0.0.1',
  '[::1]',
  '[::]',
  '0.0.0.0',
  'localhost',
  '*.localhost',
  '169.254.169.254',
  '10.0.0.1',
  '192.168.0.1',
]
const mapped = [
  '[::ffff:7f00:1]',
  '[::7f00:1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[fd00:ec2::254]',
  '[::ffff:a9fe:a9fe]',
]
const anywhere = { context: { hosts: [...names, ...mapped].flatMap((name) => [name, `${name}:EAR`]) } }

export const egress: Attack[] = [
  ...family(['harmless'], {
    'loopback without leave': ask(`[\`http://127.0.0.1:${P}/\`, \`http://localhost:${P}/\`, \`http://[::1]:${P}/\`]`),
    'a host that is not on the list': ask('["http://example.com/", "http://" + ctx.config.provider + "/"]'),
    'names without leave': `const got = []; for (const n of ['localhost', 'example.com', '${'a'.repeat(60)}.example.com']) try { got.push(await ctx.dns.resolve(n, 'A')) } catch (e) { got.push(e.message) } return { summary: 's', got }`,
    'the unix socket of somebody': ask(
      '["http://unix:" + ctx.config.unixPath + ":/", "unix:" + ctx.config.unixPath, "http+unix://" + encodeURIComponent(ctx.config.unixPath) + "/"]',
    ),
    'other schemes': ask(
      '["file:///etc/passwd", "ftp://127.0.0.1/", "data:text/plain,x", "blob:null/x", "javascript:1", "gopher://127.0.0.1:" + ctx.config.tcpPort + "/_x", "ws://127.0.0.1:" + ctx.config.tcpPort]',
    ),
  }),
  ...family(
    ['harmless'],
    {
      'loopback in every spelling': ask(
        `['127.0.0.1', '127.1', '0177.0.0.1', '0x7f.1', '2130706433', '0x7f000001', '017700000001', '0', '0.0.0.0', '127.0.0.1.', 'localhost', 'LOCALHOST.', 'a.localhost', '①②⑦.⓪.⓪.①', '127。0。0。1', '%31%32%37.0.0.1'].map((h) => \`http://\${h}:${P}/\`)`,
      ),
      'loopback of the sixth version': ask(
        `['::1', '0:0:0:0:0:0:0:1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::ffff:0:127.0.0.1', 'fe80::1%25lo'].map((h) => \`http://[\${h}]:${P}/\`)`,
      ),
      'metadata and private addresses': ask(
        `['169.254.169.254/latest/meta-data/', '[fd00:ec2::254]/', '[::ffff:169.254.169.254]/', '100.100.100.200/', '10.0.0.1/', '192.168.0.1/', '172.16.0.1/', '100.64.0.1/', '198.18.0.1/', '224.0.0.1/', '255.255.255.255/'].map((h) => 'http://' + h)`,
      ),
      'user information that looks like a host': ask(
        `[\`http://example.com@127.0.0.1:${P}/\`, \`http://127.0.0.1:${P}#@example.com/\`, \`http://127.0.0.1:${P}\\\\@example.com/\`, \`http://example.com:80@127.0.0.1:${P}/\`]`,
      ),
      'an address object that changes its mind': `const got = []; let n = 0
        const url = { toString: () => (n++ ? \`http://127.0.0.1:${P}/\` : 'http://example.com/') }
        for (let i = 0; i < 3; i++) try { got.push((await ctx.fetch(url)).status) } catch (e) { got.push(e.message) } return { summary: 's', got }`,
    },
    anywhere,
  ),
  ...family(
    ['harmless'],
    {
      'redirects to where it may not go': ask(
        `[\`http://127.0.0.1:${P}/\`, \`http://[::1]:${P}/\`, \`//127.0.0.1:${P}/\`, 'file:///etc/passwd', \`http://localhost:${P}/\`].map((to) => 'http://' + ctx.config.provider + '/to?' + encodeURIComponent(to))`,
      ),
      'a redirect without end': ask(
        `['http://' + ctx.config.provider + '/to?' + encodeURIComponent('http://' + ctx.config.provider + '/to?%2Fto')]`,
      ),
      'headers with more headers in them': ask(
        `['http://' + ctx.config.provider + '/x']`,
        `{ headers: { 'x-a': 'b\\r\\nx-evil: 1\\r\\n\\r\\nGET /smuggled HTTP/1.1', 'x\\r\\ny': '1' } }`,
      ),
      "headers that are the host's own": ask(
        `['http://' + ctx.config.provider + '/x']`,
        `{ headers: { host: '127.0.0.1:1', 'transfer-encoding': 'chunked', 'content-length': '5', connection: 'upgrade', upgrade: 'x', 'proxy-authorization': 'x', te: 'x', expect: '100-continue' } }`,
      ),
      'methods that are none': `const got = []; for (const method of ['CONNECT', 'TRACE', 'GET / HTTP/1.1\\r\\nx: y\\r\\n\\r\\nGET', '', '\\u0000', 'X'.repeat(1e4), {}, null]) try { got.push((await ctx.fetch('http://' + ctx.config.provider + '/', { method })).status) } catch (e) { got.push(e.message) } return { summary: 's', got }`,
      'a response that bursts': ask(`['http://' + ctx.config.provider + '/bomb']`),
      'a response without end': ask(`['http://' + ctx.config.provider + '/endless']`),
      'more calls than it may': `const got = []; for (let i = 0; i < 40; i++) try { await ctx.fetch('http://' + ctx.config.provider + '/n' + i); got.push(i) } catch (e) { if (i < 10) throw e } if (got.length > 10) throw new Error('more'); return { summary: 's', got }`,
      'an answer that is written over': `const r = await ctx.fetch('http://' + ctx.config.provider + '/'); try { Object.getPrototypeOf(r).text = async () => 'evil' } catch {} try { r.constructor.prototype.json = 1 } catch {} return { summary: await (await ctx.fetch('http://' + ctx.config.provider + '/')).text() }`,
    },
    { context: { hosts: ['PROVIDER'] } },
  ),
  ...family(
    ['timeout'],
    { 'a provider that hangs': `await ctx.fetch('http://' + ctx.config.provider + '/hang')` },
    { context: { hosts: ['PROVIDER'] } },
  ),
]
