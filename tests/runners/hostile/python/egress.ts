import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

const REFUSED: Attack['ends'] = ['egress-denied', 'host-unreachable', 'exception']
/** Its manifest allows all of it: the address check is what is left. */
const WIDE = {
  hosts: [
    '127.0.0.1:EAR',
    'localhost:EAR',
    '[::1]:EAR',
    '0.0.0.0:EAR',
    '[::]:EAR',
    '[::ffff:7f00:1]:EAR',
    '[64:ff9b::7f00:1]:EAR',
    'dns:*',
  ],
}

/** The ear on loopback in a spelling; PORT becomes its port. */
const spelled = (spelling: string) =>
  attack(
    `loopback as ${spelling}`,
    REFUSED,
    `r = ctx.fetch("http://${spelling}:%d/" % ctx.config["tcpPort"])\nreturn {"summary": r.text}`,
    '',
    { context: WIDE },
  )

export const egress: Attack[] = [
  ...[
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    '127.0.0.1.',
    '１２７.0.0.1',
  ].map(spelled),
  attack(
    'the metadata address',
    REFUSED,
    'return {"summary": ctx.fetch("http://169.254.169.254/latest/meta-data/").text}',
  ),
  attack(
    'a redirect to loopback',
    REFUSED,
    'r = ctx.fetch("http://%s/to?%s" % (ctx.config["provider"], "http://127.0.0.1:%d/" % ctx.config["tcpPort"]))\nreturn {"summary": r.text}',
    '',
    { context: { hosts: ['PROVIDER', '127.0.0.1:EAR'] } },
  ),
  attack(
    'a header that splits the request',
    REFUSED,
    'ctx.fetch("http://%s/" % ctx.config["provider"], headers={"x": "y\\r\\nhost: evil"})',
    '',
    { context: { hosts: ['PROVIDER', '127.0.0.1:EAR'] } },
  ),
  attack(
    'a host header of its own',
    REFUSED,
    'ctx.fetch("http://%s/" % ctx.config["provider"], headers={"Host": "evil"})',
    '',
    { context: { hosts: ['PROVIDER', '127.0.0.1:EAR'] } },
  ),
  attack(
    'an operation made by hand',
    ['egress-denied', 'exception', 'harmless', 'crashed'],
    'import indag\nc = indag._host.channel\nop = c.ask({"op": "fetch", "url": "http://127.0.0.1:%d/" % ctx.config["tcpPort"], "hosts": ["127.0.0.1"], "method": "GET", "headers": []})\nreturn {"summary": str(c.wait(op))}',
  ),
  attack(
    'an operation that there is not',
    ['crashed', 'timeout'],
    'import indag\nc = indag._host.channel\nreturn {"summary": str(c.wait(c.ask({"op": "exec", "command": "id"})))}',
  ),
  attack('names of others, by the host', REFUSED, 'return {"summary": str(ctx.dns.resolve("localhost"))}'),
  attack(
    'more calls than it may make',
    ['egress-denied', 'host-unreachable', 'exception'],
    'for n in range(100): ctx.fetch("http://192.0.2.1/")',
  ),
]
