import ipaddress

# Who administers each /8, from the IANA IPv4 Address Space Registry; what is not listed here is ARIN's.
BY_FIRST_OCTET = {
    "RIPE NCC": "2 5 25 31 37 46 51 53 57 62 77-95 109 141 145 151 176 178 185 188 193-195 212-213 217",
    "APNIC": "1 14 27 36 39 42-43 49 58-61 101 103 106 110-126 133 150 153 163 171 175 180 182-183 202-203 210-211 218-223",
    "AFRINIC": "41 102 105 154 196-197",
    "LACNIC": "177 179 181 186-187 189-191 200-201",
}

# From the IANA IPv6 Global Unicast Address Assignments.
IPV6_BLOCKS = {
    "APNIC": "2001:200::/23 2001:c00::/23 2001:e00::/23 2001:4400::/23 2001:8000::/19 2001:a000::/20 2001:b000::/20 2400::/12",
    "ARIN": "2001:400::/23 2001:1800::/23 2001:4800::/23 2600::/12 2610::/23 2620::/23 2630::/12",
    "LACNIC": "2001:1200::/23 2800::/12",
    "AFRINIC": "2001:4200::/23 2c00::/12",
    "RIPE NCC": "2001:600::/23 2001:800::/22 2001:1400::/22 2001:1a00::/23 2001:1c00::/22 2001:2000::/19 2001:4000::/23 "
    "2001:4600::/23 2001:4a00::/23 2001:4c00::/23 2001:5000::/20 2003::/18 2a00::/12 2a10::/12",
}

# Name → region, server for registration data.
REGISTRIES = {
    "AFRINIC": ("Africa", "https://rdap.afrinic.net/rdap/"),
    "APNIC": ("Asia and the Pacific", "https://rdap.apnic.net/"),
    "ARIN": ("North America", "https://rdap.arin.net/registry/"),
    "LACNIC": ("Latin America and the Caribbean", "https://rdap.lacnic.net/rdap/"),
    "RIPE NCC": ("Europe, the Middle East and Central Asia", "https://rdap.db.ripe.net/"),
}


def fetch_data(indicator, ctx):
    network = ipaddress.ip_network(indicator.value, strict=False)
    # Special-purpose blocks have no registry; the source "Address class" says what they are.
    if not network.is_global or network.is_multicast:
        return None
    block, name = registry_of(network)
    if name is None:
        return None
    region, server = REGISTRIES[name]
    return {
        "summary": f"Administered by {name} ({region})",
        "facts": [
            {"name": "regional registry", "value": name},
            {"name": "region", "value": region},
            {"name": "registry block", "value": block, "kind": "cidr"},
            {"name": "RDAP server", "value": server},
        ],
        "tags": [],
        "links": [{"title": f"Registration data at {name}", "url": f"{server}ip/{indicator.value}"}],
    }


def registry_of(network):
    if network.version == 4:
        octet = int(network.network_address) >> 24
        # A network wider than a /8 may lie in several registries.
        if network.prefixlen < 8:
            return None, None
        name = next((name for name, octets in BY_FIRST_OCTET.items() if octet in expand(octets)), "ARIN")
        return f"{octet}.0.0.0/8", name
    for name, blocks in IPV6_BLOCKS.items():
        for block in blocks.split():
            if network.subnet_of(ipaddress.ip_network(block)):
                return block, name
    return None, None


def expand(text):
    octets = set()
    for part in text.split():
        first, _, last = part.partition("-")
        octets.update(range(int(first), int(last or first) + 1))
    return octets
