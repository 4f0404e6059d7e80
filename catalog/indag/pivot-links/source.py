from urllib.parse import quote

# Pages for people, by kind; {} is the value, escaped. Nothing here is fetched.
PAGES = {
    "ipv4": [
        ("VirusTotal", "https://www.virustotal.com/gui/ip-address/{}"),
        ("AbuseIPDB", "https://www.abuseipdb.com/check/{}"),
        ("Shodan", "https://www.shodan.io/host/{}"),
        ("Censys", "https://search.censys.io/hosts/{}"),
        ("GreyNoise", "https://viz.greynoise.io/ip/{}"),
        ("RIPEstat", "https://stat.ripe.net/{}"),
    ],
    "ipv6": [
        ("VirusTotal", "https://www.virustotal.com/gui/ip-address/{}"),
        ("AbuseIPDB", "https://www.abuseipdb.com/check/{}"),
        ("RIPEstat", "https://stat.ripe.net/{}"),
    ],
    "domain": [
        ("VirusTotal", "https://www.virustotal.com/gui/domain/{}"),
        ("urlscan.io", "https://urlscan.io/domain/{}"),
        ("Certificates at crt.sh", "https://crt.sh/?q={}"),
        ("Registration data", "https://lookup.icann.org/en/lookup?name={}"),
        ("Web archive", "https://web.archive.org/web/*/{}"),
    ],
    "url": [
        ("urlscan.io", "https://urlscan.io/search/#page.url%3A%22{}%22"),
        ("Web archive", "https://web.archive.org/web/*/{}"),
    ],
    "md5": [
        ("VirusTotal", "https://www.virustotal.com/gui/file/{}"),
        ("MalwareBazaar", "https://bazaar.abuse.ch/browse.php?search=md5%3A{}"),
    ],
    "sha1": [
        ("VirusTotal", "https://www.virustotal.com/gui/file/{}"),
        ("MalwareBazaar", "https://bazaar.abuse.ch/browse.php?search=sha1%3A{}"),
    ],
    "sha256": [
        ("VirusTotal", "https://www.virustotal.com/gui/file/{}"),
        ("MalwareBazaar", "https://bazaar.abuse.ch/sample/{}/"),
    ],
    "cve": [
        ("CVE record", "https://www.cve.org/CVERecord?id={}"),
        ("NVD", "https://nvd.nist.gov/vuln/detail/{}"),
    ],
    "asn": [("BGP view", "https://bgp.tools/as/{}"), ("RIPEstat", "https://stat.ripe.net/AS{}")],
    "bitcoin": [("Blockstream explorer", "https://blockstream.info/address/{}"), ("Chainabuse", "https://www.chainabuse.com/address/{}")],
    "ethereum": [("Etherscan", "https://etherscan.io/address/{}"), ("Chainabuse", "https://www.chainabuse.com/address/{}")],
}


def fetch_data(indicator, ctx):
    pages = PAGES.get(indicator.kind)
    if not pages:
        return None
    value = indicator.value[2:] if indicator.kind == "asn" else indicator.value
    links = [{"title": title, "url": page.format(quote(value, safe=":"))} for title, page in pages]
    names = ", ".join(link["title"] for link in links)
    return {"summary": f"Pages about it: {names}", "facts": [], "tags": [], "links": links}
