// What code that has broken out of its isolate could do: ordinary Node in the box of a child. It tries all and says on its channel what it got.
import { execFileSync, fork, spawn } from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns/promises'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import { Worker } from 'node:worker_threads'

const given = JSON.parse(fs.readFileSync(new URL('./given.json', import.meta.url), 'utf8'))
const PATIENCE_MS = 2_000

/** Resolves with `got` on the first of the events, rejects on "error". */
const first = (emitter, events, got = () => 'passed') =>
  new Promise((resolve, reject) => {
    for (const event of events) emitter.once(event, (...said) => resolve(got(...said)))
    emitter.once('error', reject)
  })
const connect = (where) => first(net.connect(where), ['connect'])
const send = (socket, port, host) =>
  new Promise((resolve, reject) => socket.send('x', port, host, (error) => (error ? reject(error) : resolve('sent'))))
const write = (path) => (fs.writeFileSync(path, 'x'), 'written')
const bomb = (make, most) => {
  const made = []
  try {
    for (let i = 0; i < most; i += 1) made.push(make())
  } catch {}
  return made.length
}

const ATTEMPTS = {
  'read /etc/passwd': () => fs.readFileSync('/etc/passwd', 'utf8'),
  'read a file of the host': () => fs.readFileSync(given.outsideFile, 'utf8'),
  "read a file of the runner's": () => fs.readFileSync(given.runnerFile, 'utf8'),
  'read the folder beside its own': () => fs.readdirSync(new URL('..', import.meta.url)),
  'list the temporary folder': () => fs.readdirSync('/tmp').filter((name) => !name.startsWith('indag-escaped-')),
  'read by a link': () => (fs.symlinkSync(given.outsideFile, given.openFolder + '/link'), 'linked'),
  'read by a hard link': () => (fs.linkSync(given.outsideFile, new URL('./link', import.meta.url)), 'linked'),
  'environment of the runner': () => fs.readFileSync(`/proc/${given.runnerPid}/environ`, 'utf8'),
  'environment of process 1': () => fs.readFileSync('/proc/1/environ', 'utf8'),
  'memory of the runner': () => fs.openSync(`/proc/${given.runnerPid}/mem`, 'r'),
  'own memory map': () => fs.readFileSync('/proc/self/maps', 'utf8').length,
  processes: () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)),
  'own environment': () => Object.keys(process.env),
  'descriptors beyond the channel': () => openFiles(),
  'write in the open folder': () => write(`${given.openFolder}/${given.mark}`),
  'write in /tmp': () => write(`/tmp/${given.mark}`),
  'write in /dev/shm': () => write(`/dev/shm/${given.mark}`),
  'write beside its program': () => write(new URL(`./${given.mark}`, import.meta.url)),
  'change its program': () => (fs.appendFileSync(new URL('./main.js', import.meta.url), '//'), 'changed'),
  'change a mode': () => (fs.chmodSync(given.outsideFile, 0o777), 'changed'),
  'a report file': () =>
    process.report.writeReport(`${given.openFolder}/${given.mark}`) || Promise.reject(new Error('not written')),
  'a core of the heap': () => import('node:v8').then((v8) => v8.writeHeapSnapshot(`${given.openFolder}/${given.mark}`)),
  exec: () => execFileSync('/bin/sh', ['-c', 'echo x']).toString(),
  'exec itself': () => execFileSync(process.execPath, ['-e', '1']).toString(),
  fork: () => first(fork(given.intruder), ['spawn', 'message']),
  'spawn with a shell': () => first(spawn('id', { shell: true }), ['spawn']),
  'kill the runner': () => process.kill(given.runnerPid, 0),
  'kill everybody': () => process.kill(-1, 0),
  'kill its group': () => process.kill(0, 0),
  'kill process 1': () => process.kill(1, 0),
  'wake a debugger in the runner': () => process._debugProcess(given.runnerPid),
  'become root': () => process.setuid(0),
  'become another': () => process.setuid(1234),
  'another group': () => process.setgid(1234),
  'a better priority': () => os.setPriority(0, -10),
  'a better priority than the runner': () => os.setPriority(given.runnerPid, 19),
  tcp: () => connect({ port: given.tcpPort, host: '127.0.0.1' }),
  tcp6: () => connect({ port: given.tcpPort, host: '::1' }),
  'unix socket by path': () => connect({ path: given.unixPath }),
  'unix socket by abstract name': () => connect({ path: `\0${given.abstractName}` }),
  'a listener': () => first(net.createServer().listen(0, '127.0.0.1'), ['listening']),
  'a listener by path': () => first(net.createServer().listen(`${given.openFolder}/${given.mark}`), ['listening']),
  'a listener by abstract name': () => first(net.createServer().listen(`\0${given.mark}`), ['listening']),
  udp: () => send(dgram.createSocket('udp4'), given.udpPort, '127.0.0.1'),
  'udp to the world': () => send(dgram.createSocket('udp4').bind(0), 53, '192.0.2.1'),
  http: () => first(http.get(`http://127.0.0.1:${given.tcpPort}/`), ['response', 'close']),
  fetch: () => fetch(`http://127.0.0.1:${given.tcpPort}/`).then((answer) => answer.status),
  'a name': () => dns.lookup('localhost').then(({ address }) => address),
  'a name by a server': () => new dns.Resolver({ timeout: 200, tries: 1 }).resolve4('example.com'),
  'a debugger': () =>
    import('node:inspector').then(
      ({ default: one }) => (one.open(0, '127.0.0.1'), one.url() ?? Promise.reject(new Error('none'))),
    ),
  'code of a file of the host': () => process.dlopen({ exports: {} }, given.outsideFile),
  'code of a library of the system': () => (
    process.dlopen({ exports: {} }, '/usr/lib/x86_64-linux-gnu/libcurl.so.4'),
    'loaded'
  ),
  'a thread with another environment': () =>
    first(
      new Worker(`require("fs").readFileSync(${JSON.stringify(given.outsideFile)})`, { eval: true }),
      ['exit'],
      (code) => {
        if (code !== 0) throw new Error('failed')
        return code
      },
    ),
  'a descriptor bomb': () => bomb(() => fs.openSync(new URL(import.meta.url), 'r'), 5_000),
}

function openFiles() {
  const open = []
  for (let fd = 4; fd < 64; fd += 1) {
    try {
      // Sockets and files of others; Node's own are anonymous inodes and pipes.
      const stat = fs.fstatSync(fd)
      if (stat.isFile() || stat.isDirectory() || stat.isSocket()) open.push(fd)
    } catch {}
  }
  return open
}

process.on('uncaughtException', () => {})
const channel = new net.Socket({ fd: 3, readable: true, writable: true })
const observed = {}
for (const [name, attempt] of Object.entries(ATTEMPTS)) {
  let timer
  const patience = new Promise(
    (_, reject) => (timer = setTimeout(() => reject(new Error('nothing came of it')), PATIENCE_MS)),
  )
  try {
    const got = await Promise.race([new Promise((resolve) => resolve(attempt())), patience])
    observed[name] = { got: got ?? 'passed' }
  } catch (error) {
    observed[name] = { refused: String(error?.message ?? error).slice(0, 200) }
  }
  clearTimeout(timer)
}
channel.write(`${JSON.stringify(observed)}\n`)
