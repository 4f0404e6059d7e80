import { describe, expect, it } from 'vitest'
import { extractIndicators } from '../../../backend/indicators/index.ts'

const found = (text: string) => extractIndicators(text).indicators.map(({ kind, value }) => `${kind} ${value}`)

describe('four small numbers', () => {
  it.each([
    'the new password policy 3.0.1.0 takes effect',
    'Quasar 1.4.1.0 was seen',
    'cf. Sect. 3.2.1.1 of the paper',
    'Versión del antivirus: 12.6.0.4.',
    'version of the agent 2.1.0.7',
    'Redis版本：5.0.7.1。',
    '## [10.4.0.2] - 2024-08-30',
    'schema = 3.1.4.1',
    'La versión del instalador es 10.0.3.22.',
    'Really Simple Security 9.0.0–9.1.1.1, patched',
    ' * @since 3.1.0.2',
    'Bump standards version to 3.7.2.0',
    'minimum version is 1.2.0.4.',
    'OrderController.java:118) ~[classes!/:1.8.0.2]',
    'Bricks Builder < 1.9.6.1 is vulnerable',
    '| Host | Product | Version |\n|---|---|---|\n| SRV | FileZilla | 3.66.5.0 |',
    'host;product;installed version\nsrv;FileZilla;3.66.5.0',
  ])('are a version or a section in "%s"', (text) => {
    expect(found(text)).toEqual([])
  })

  it.each([
    ['the new version connects to 5.9.12.3', ['5.9.12.3']],
    ['traffic from 5.9.12.3 to 5.2.16.14', ['5.9.12.3', '5.2.16.14']],
    ['C2 5.9.12.3', ['5.9.12.3']],
    ['Emotet 5.9.12[.]3', ['5.9.12.3']],
    ['Emotet 5.9.12.3:443', ['5.9.12.3']],
    ['5.9.12.3 5.2.16.14', ['5.9.12.3', '5.2.16.14']],
    ['ip=5.9.12.3', ['5.9.12.3']],
    ['evil.com 5.9.12.3', ['5.9.12.3']],
    ['Google 8.8.8.8', ['8.8.8.8']],
    ['Emotet 45.9.12.3', ['45.9.12.3']],
    ['denied by policy 185.220.101.7 to 45.9.12.3', ['185.220.101.7', '45.9.12.3']],
    ['45.9.12.3 < 185.220.101.7', ['45.9.12.3', '185.220.101.7']],
    ['| Host | Address | Version |\n|---|---|---|\n| SRV | 5.9.12.3 | 8 |', ['5.9.12.3']],
    ['| Product | Version |\n|---|---|\n| a | 1 |\n\n| Host | Address |\n|---|---|\n| SRV | 5.9.12.3 |', ['5.9.12.3']],
    ['{"a": 1, "spec_version": "2.1", "b": 2}\n{"a": 1, "value": "5.9.12.3"}', ['5.9.12.3']],
  ])('are an address in "%s"', (text, addresses) => {
    expect(found(text).filter((one) => one.startsWith('ipv4'))).toEqual(addresses.map((one) => `ipv4 ${one}`))
  })
})

describe('a name', () => {
  it.each([
    '`request.info` was renamed',
    'console.log(navigator.app, window.top)',
    'element.style.top = `${row.pos.top}px`',
    'this.events.live = Date.now()',
    'Counter(r.host for r in rows)',
    'at net.bytebuddy.asm.Advice.info(Advice.java:77)',
    'script = cleanup.pl',
    'unused import in lib.rs:3:5',
    'lib.rs compiled',
    'return self.cfg.it or self.cfg.de',
    'if nx.is_connected(graph): yield graph.degree',
    'const found = caller.user.id',
    'from collections.abc import Mapping',
    '  expect(view.id).toBe(first.id)',
    '} else if (run.head.id === other.id) {',
    'verified with test.data.zip',
    '// ring.cc - lock-free ring buffer',
    'see printing.howto.md',
    '1   SFP+ module 10G   SFP.10G.SR   19.00',
  ])('of a program, a file or an article is no domain in "%s"', (text) => {
    expect(found(text)).toEqual([])
  })

  it.each([
    ['blocked evil-login.info, update.top and cdn.host', ['evil-login.info', 'update.top', 'cdn.host']],
    ['EVIL-LOGIN.RU and MAIL.BANK.CH', ['evil-login.ru', 'mail.bank.ch']],
    ['domain: request.info', ['request.info']],
    ['request[.]info', ['request.info']],
    ['example.com, sample.com and mail.com', ['example.com', 'sample.com', 'mail.com']],
    ['update.com and evil.co.za', ['update.com', 'evil.co.za']],
    ['written with docs.rs', ['docs.rs']],
    ['d=evil-post.it; s=dkim2024', ['evil-post.it']],
    ['query: ns2.evil.su/AAAA/IN', ['ns2.evil.su']],
    ['at onet.pl', ['onet.pl']],
    ['it is hosted at evil.live and evil.id', ['evil.live', 'evil.id']],
    ['const c2 = "evil.live"', ['evil.live']],
    ["client.connect('login.evil.id')", ['login.evil.id']],
    ['Aug 5 12:00:01 dns named[812]: client 10: query evil.name IN A', ['evil.name']],
    ['seen evil.com_2024', ['evil.com']],
    ['it moved to evil.top (sinkholed)', ['evil.top']],
  ])('of a site is one in "%s"', (text, names) => {
    // A label says that a domain follows; a bare object and member does not.
    expect(found(text)).toEqual(names.map((name) => `domain ${name}`))
  })
})

describe('32 hex digits', () => {
  const digest = '65d22276e309a309f036a04a5e52ac33'
  it.each([
    `JA3 of the beacon: \`${digest}\``,
    `tls any any (ja3.hash; content:"${digest}"; sid:1;)`,
    `{"type":"ja3-fingerprint-md5","category":"Network activity","to_ids":true,"value":"${digest}"}`,
    `| Family | JA3 | Port |\n|---|---|---|\n| IcedID | ${digest} | 443 |`,
    `family,ja3,port\nIcedID,${digest},443`,
    `file,md5\r\na,b\r\n\r\nfamily,ja3,port\r\nIcedID,${digest},443`,
    `#fields\tts\tserver_name\tja3\n#types\ttime\tstring\tstring\n1718790123.1\t-\t${digest}`,
  ])('are a fingerprint of TLS in %j', (text) => {
    expect(found(text)).toEqual([`ja3 ${digest}`])
  })

  it.each([
    `JA3 is not known; MD5: ${digest}`,
    `JA3 was seen. Payload ${digest}`,
    `| Family | JA3 | MD5 |\n|---|---|---|\n| IcedID | - | ${digest} |`,
    `| Family | JA3 |\n|---|---|\n| IcedID | - |\n\n| File | MD5 |\n| a.exe | ${digest} |`,
  ])('are an MD5 in %j', (text) => {
    expect(found(text)).toEqual([`md5 ${digest}`])
  })
})

describe('prose without spaces', () => {
  it.each([
    ['释放文件C:\\Users\\Public\\tax.dll。', 'file-path C:\\Users\\Public\\tax.dll'],
    ['持久化：HKLM\\SOFTWARE\\Run\\TaxSvc；释放文件', 'registry-key HKLM\\SOFTWARE\\Run\\TaxSvc'],
    ['写入HKCU\\Software\\Run\\Upd绕过UAC', 'registry-key HKCU\\Software\\Run\\Upd'],
    ['写入C:\\用户\\资料\\a.exe，然后', 'file-path C:\\用户\\资料\\a.exe'],
    ['写入HKCU\\Software\\Run\\Upd，然后', 'registry-key HKCU\\Software\\Run\\Upd'],
    ['进程路径为 /usr/lib/systemd/.kswapd0，配置', 'file-path /usr/lib/systemd/.kswapd0'],
  ])('touches what stands in %j', (text, indicator) => {
    expect(found(text)).toEqual([indicator])
  })
})

describe('an e-mail address', () => {
  it.each([
    ["to=<o'neil@alps.example.com>", "o'neil@alps.example.com"],
    ['from=<promo=2024@pharm.example.com> to', 'promo=2024@pharm.example.com'],
    ['to=jo@pharm.example.com', 'jo@pharm.example.com'],
    ["l'adresse d'info@pharm.example.com", 'info@pharm.example.com'],
  ])('is whole in %j', (text, address) => {
    expect(found(text)).toEqual([`email ${address}`])
  })
})

describe('a number that is dialled with 00', () => {
  it.each([
    ['mobil 0041 79 555 01 23', ['phone +41795550123']],
    ['  0043 660 555 0199\n', ['phone +436605550199']],
    ['Konto DE89 3704 0044 0532 0130 00', []],
    ['order 0049 773 144 5566', []],
    ['0049-7731 (room)', []],
    ['Nr. 0049 7781 22 11 44', []],
  ])('in %j', (text, phones) => {
    expect(found(text)).toEqual(phones)
  })
})

describe('a URL in a row', () => {
  it.each([
    ['a;https://evil.example.com/setup.exe;443;allowed', 'https://evil.example.com/setup.exe'],
    ['https://evil.example.com/a;443;allowed', 'https://evil.example.com/a'],
    ['https://evil.example.com/a;jsessionid=1;b=2', 'https://evil.example.com/a;jsessionid=1;b=2'],
  ])('ends at the separator, not at a parameter, in "%s"', (text, url) => {
    expect(found(text)).toEqual([`url ${url}`])
  })
})

it('a class of characters is no share', () => {
  expect(found('equivalent to `[\\\\x00-\\\\x7F]` and \\\\\\\\t\\\\r')).toEqual([])
  expect(found('copied from \\\\nas\\public\\a.exe')).toEqual(['file-path \\\\nas\\public\\a.exe'])
})
