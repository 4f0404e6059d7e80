# The first ten characters of a JA4 are readable (FoxIO, technical_details/JA4.md):
# protocol, TLS version, SNI, number of ciphers, number of extensions, first and last character of the first ALPN value.
PROTOCOLS = {"t": "TLS over TCP", "q": "QUIC", "d": "DTLS"}
VERSIONS = {"13": "TLS 1.3", "12": "TLS 1.2", "11": "TLS 1.1", "10": "TLS 1.0", "s3": "SSL 3.0", "s2": "SSL 2.0", "d1": "DTLS 1.0", "d2": "DTLS 1.2", "d3": "DTLS 1.3"}
ALPN = {"h2": "HTTP/2", "h1": "HTTP/1.1", "h3": "HTTP/3", "00": "none", "dt": "DNS over TLS"}


def fetch_data(indicator, ctx):
    clear, ciphers_hash, extensions_hash = indicator.value.split("_")
    alpn = ALPN.get(clear[8:10], clear[8:10])
    protocol = PROTOCOLS.get(clear[0], clear[0])
    version = VERSIONS.get(clear[1:3], clear[1:3])
    to_domain = clear[3] == "d"
    facts = [
        {"name": "protocol", "value": protocol},
        {"name": "highest version", "value": version},
        {"name": "names the server (SNI)", "value": to_domain},
        {"name": "cipher suites", "value": int(clear[4:6])},
        {"name": "extensions", "value": int(clear[6:8])},
        {"name": "first ALPN", "value": alpn},
        {"name": "hash of the cipher suites", "value": ciphers_hash},
        {"name": "hash of the extensions", "value": extensions_hash},
    ]
    # A client that connects to bare addresses is no browser: scanners and some malware do.
    tags = [] if to_domain else ["no-sni"]
    return {"summary": f"{protocol}, {version}, ALPN {alpn}" + ("" if to_domain else ", no server name"), "facts": facts, "tags": tags, "links": []}
