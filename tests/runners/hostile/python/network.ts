import type { Attack } from '../attack.ts'
import { family } from './module.ts'

const REFUSED = ['exception'] as const
const net = family('import socket, os')

export const network: Attack[] = [
  net(
    'TCP to loopback',
    [...REFUSED],
    'socket.create_connection(("127.0.0.1", ctx.config["tcpPort"]), 1).sendall(b"here")',
  ),
  net(
    'TCP of version 6',
    [...REFUSED],
    's = socket.socket(socket.AF_INET6)\ns.connect(("::1", ctx.config["tcpPort"]))\ns.sendall(b"here")',
  ),
  net(
    'a datagram',
    [...REFUSED],
    'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"here", ("127.0.0.1", ctx.config["udpPort"]))',
  ),
  net(
    'a unix socket by its path',
    [...REFUSED],
    's = socket.socket(socket.AF_UNIX)\ns.connect(ctx.config["unixPath"])\ns.sendall(b"here")',
  ),
  net(
    'a unix socket by its abstract name',
    [...REFUSED],
    's = socket.socket(socket.AF_UNIX)\ns.connect("\\0" + ctx.config["abstractName"])\ns.sendall(b"here")',
  ),
  net(
    'a unix socket from one half of a pair',
    [...REFUSED],
    'a, b = socket.socketpair()\na.connect("\\0" + ctx.config["abstractName"])',
  ),
  net(
    'its own channel, aimed elsewhere',
    [...REFUSED, 'crashed'],
    'import indag\nindag._host.channel.sock.connect(ctx.config["unixPath"])',
  ),
  net(
    'sendto with an address on its channel',
    [...REFUSED],
    'import indag\nindag._host.channel.sock.sendto(b"here", ctx.config["unixPath"])',
  ),
  net(
    'a descriptor sent over its channel',
    [...REFUSED, 'crashed'],
    'import indag\nsocket.send_fds(indag._host.channel.sock, [b"x"], [0])',
  ),
  net('a server', [...REFUSED], 's = socket.socket()\ns.bind(("0.0.0.0", 0))\ns.listen()'),
  net(
    'a name asked of the system',
    [...REFUSED],
    'socket.getaddrinfo("localhost", 80)\nsocket.gethostbyname("example.com")',
  ),
  net(
    'http.client',
    [...REFUSED],
    'import http.client\nc = http.client.HTTPConnection("127.0.0.1", ctx.config["tcpPort"], timeout=1)\nc.request("GET", "/")',
  ),
  net('asyncio streams', [...REFUSED], '', '', {
    code: 'import asyncio\nasync def fetch_data(indicator, ctx):\n    r, w = await asyncio.open_connection("127.0.0.1", ctx.config["tcpPort"])\n    w.write(b"here")\n    return {"summary": "s"}\n',
  }),
  net(
    'the real opener of urllib',
    [...REFUSED],
    'import urllib.request, importlib\nm = importlib.reload(urllib.request)\nm.urlopen("http://127.0.0.1:%d/" % ctx.config["tcpPort"], timeout=1)',
  ),
  net(
    'a file address',
    [...REFUSED, 'egress-denied'],
    'import urllib.request\nreturn {"summary": urllib.request.urlopen("file://" + ctx.config["outsideFile"]).read().decode()}',
  ),
  net('raw packets', [...REFUSED], 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'),
  net('the kernel by netlink', [...REFUSED], 'socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)'),
  net('the hypervisor by vsock', [...REFUSED], 'socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).connect((2, 1))'),
]
