const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Endings so usual that a spaced or spoken dot before them is a domain's. */
export const COMMON_ENDINGS =
  words(`com net org info biz ru cn xyz top io co de uk fr nl pl ua br jp kr in it es eu us cc tk
  onion club site online shop app dev su ir tr ro cz ch at be gov edu mil me tv ws pw icu live`)

/** Usual endings that are also words of prose. */
export const PROSE_ENDINGS = words('in it at be me us tv dev live site online club shop app')

/** Endings that no file, member or abbreviation bears by habit. */
export const STRONG_ENDINGS =
  words(`com net org info biz ru cn xyz top online site club shop onion gov edu mil su ua br uk de fr nl kr jp
  tk ga cf gq pw icu cyou buzz vip work monster lol fun press host space website tech store live life world`)

/** Words before "dot com" that make it prose. */
export const SPOKEN_STOP_WORDS = words('the a an of dot this that with each every and or no one to in as is use for')

/** Public suffixes that are file extensions far more often than sites when a bare name has two labels. */
export const FILE_ENDINGS =
  words(`py sh rs md ps so zip mov map properties dot inc tf pub mm bz mk java cab cal cat diff
  doc docs data date img gz pm la st as lock kt sc sb ax pkg app-store`)

/** Public suffixes that are extensions of source files: refused only behind a name that source files bear. */
export const SOURCE_ENDINGS = words('pl cc ml tk app rs py sh md la pm st as am ms do vi mo tf')

/** Names that programs and their sources bear. */
export const SOURCE_STEMS =
  words(`main lib index test tests setup install installer build config conf configure exploit script run mod util
  utils helper helpers server client app readme changelog license contributing makefile start stop update deploy backup init
  poc payload shell cmd command bash job cron entrypoint docker-entrypoint bootstrap requirements manage wsgi conftest
  seed cleanup migrate migration migrations convert parse generate daemon crawler howto guide example sample template
  calculator safari terminal finder xcode mail preview photos contacts notes messages`)

/** Sites under a file-like ending that people write bare. */
export const KNOWN_SITES = words(
  'transfer.sh temp.sh docs.rs crates.io get.rs rustup.rs allegro.pl onet.pl wp.pl archive.ph bun.sh brew.sh deno.land ix.io oshi.at',
)

/** Public suffixes that are member names in programs. */
export const MEMBER_ENDINGS =
  words(`name id open call map next target select read is new show here data date link download search style
  play watch now foo zone version network group security email run audio video click events page parts support tools services
  systems software win rest exchange market in to do so at as it cat charity case cards channel map bar box like plus report
  review works deal codes code author prime total world build health food men kim pics save secure off domains win properties`)

/** Endings of sites that are member names too: refused behind an object of a program. */
export const STRONG_MEMBERS = words(
  'info top host live work press next space life store online site website app link date',
)

/** First labels of members, packages and namespaces. */
export const CODE_ROOTS =
  words(`this self window document console event evt obj object item items user app args arg config cfg request req
  response res os sys system string array math json node process module exports module_exports require import java javax kotlin
  microsoft windows win32 android androidx std self cls super parent params props state ctx context session db sql row col
  logger log file path fs util utils element elem el target source src var let const local each children input output ref refs users account accounts table column field
  key value entry record node group role order product customer employee person parents child dst host winlog agent ecs process threat http dns url destination
  network client server service cloud container kubernetes rule tls observer related organization package trojan backdoor worm w32 w97m
  navigator reader writer history location events emitter router socket
  wscript cscript shell scripting adodb msxml2 winhttp excel word outlook vbscript activex js html virus exploit downloader ransom hacktool riskware adware pua heur gen msil vbs`)

/** First labels of reversed domain names. */
export const PACKAGE_ROOTS = words(
  'com org net io edu gov java javax android androidx kotlin sun dev me de fr uk ru cn co info app ai',
)

/** Products whose names look like domains. */
export const PRODUCT_NAMES = words(
  'asp.net vb.net ado.net ml.net paint.net visual.net node.js next.js vue.js socket.io draw.io chart.js asp.net.core',
)

/** Labels that say that a name follows. */
export const NAME_LABELS =
  words(`domain domains host hostname hosts fqdn site website sites c2 cnc c&c server servers dns query qname
  rrname sni servername cname ns mx url urls ioc iocs indicator indicators address dominio domaine домен сайт answer answers`)

/** Labels after which a dotted number is a version or a section, never an address. */
export const VERSION_LABELS =
  words(`version versions ver v build release releases firmware rev revision section sections sec clause paragraph oid
  chapter appendix figure table step fig release- update patch sp versión versione версия версии versao versão wersja kernel
  fileversion productversion assemblyversion osversion appversion engine signature signatures 版本`)

/** Labels of versions, sections and files of a registry, when the numbers are small: an address may follow them as well. */
export const NUMBERING_LABELS =
  words(`schema schemas sect sects abschnitt kapitel ziffer absatz artikel article aktenzeichen az procedure procédure policy norm
  standard dss changelog`)

/** Words that an address follows, so that small numbers behind them are one nevertheless: names of hosts, prepositions, verbs. */
export const ADDRESS_WORDS =
  words(`ip ips ipv4 addr address addresses adresse adressen adresser direccion dirección indirizzo endereço adres адрес адреса
  host hosts hostname server servers serveur serveurs servidor servidores сервер сервера c2 c&c cnc peer node client clients source src dst dest
  destination remote local gateway router dns resolver resolvers nameserver ns proxy vpn tor exit relay machine machines domain domains endpoint interface inet
  network subnet range port ioc iocs indicator indicators attacker attackers scanner scanners victim target targets botnet loader stealer rat beacon
  infrastructure listener from to at on by via with and or is was are as of in for than against between through into under behind over using use used uses saw
  see seen also plus like e g i not non only then now von nach zu an auf bei und oder mit über aus durch gegen ist de desde hacia con y en por da di
  del verso dal et à vers depuis sur par avec ou est sont z do na из в на с и к от через
  ping curl wget nslookup dig traceroute tracert ssh telnet nmap nc netcat whois lookup connect connects connected connecting contact contacts
  contacted contacting reach reached hit hits scan scans scanned scanning block blocked blocks blocking blacklist allow allowed deny denied ban banned drop
  dropped reject rejected resolve resolves resolved resolving query queried visit visited accept accepted failed success login user admin root check monitor
  sinkhole add listen listening bind bound forward route sends sent receives reports reported returned returns hosted hosts logged spoofed`)

/** Labels after which a name with a dot is a file's. */
export const FILE_LABELS = words(
  'script scripts file files filename datei dateien fichier fichiers archivo archivos arquivo файл include import perl python python3 bash sh exec source attachment anhang',
)

/** Products that a dotted number behind them is the version of. */
export const PRODUCTS =
  words(`windows office python java chrome chromium firefox edge safari opera openssl nginx apache php exchange fortios ios android macos
  adobe reader acrobat flash outlook teams zoom jdk jre wordpress drupal joomla mysql postgresql mariadb redis node nodejs ruby perl kernel esxi
  vcenter vmware confluence jira gitlab jenkins tomcat log4j spring struts weblogic citrix netscaler panos sonicos junos plugin module driver package
  library app sdk api php curl wget sharepoint ie explorer webkit anyconnect globalprotect teamviewer anydesk 7zip winrar vlc`)

/** Labels after which hex digits name something that is no file: a run, a key, a session. */
export const IDENTIFIER_LABELS =
  words(`uuid guid traceid spanid requestid reqid session sessionid sid token nonce etag apikey key secret
  salt password passwd pwd cookie csrf correlationid boundary jti clientid tenantid userid uid deviceid machineid cid objectid transactionid
  authorization bearer licensekey license serial accesskey secretkey phpsessid jsessionid xrequestid clientsecret csrftoken challenge iv
  msgid eventid jobid buildid installationid subscriptionid accountid apitoken cacheid`)

/** Labels after which 40 hex digits are a git object. */
export const GIT_LABELS = words(
  'commit commits revision rev git tree blob parent merge sha head checkout cherry-pick gitsha gitcommit commitid commithash revert reverts ref tag',
)
