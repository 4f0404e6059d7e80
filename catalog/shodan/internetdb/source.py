from indag import SourceError

# Tags with which Shodan marks a machine that serves attackers; the others describe.
BAD_TAGS = {"c2", "malware", "compromised", "botnet"}
SHOWN = 20


def fetch_data(indicator, ctx):
    response = ctx.fetch(f"{ctx.config['baseUrl']}/{indicator.value}", headers={"accept": "application/json"})
    # The body is then {"detail": "No information available"}.
    if response.status == 404:
        return None
    record = read_json(response)
    if not isinstance(record, dict) or not isinstance(record.get("ports"), list):
        raise SourceError("provider-error", "Shodan InternetDB answered no record")
    ports, vulnerabilities, tags = record["ports"], record.get("vulns") or [], record.get("tags") or []
    facts = [{"name": "open ports", "value": ", ".join(str(port) for port in ports)}] if ports else []
    facts += [{"name": "host name", "value": name, "kind": "domain"} for name in (record.get("hostnames") or [])[:SHOWN]]
    facts += [{"name": "software", "value": cpe} for cpe in (record.get("cpes") or [])[:SHOWN]]
    facts += [{"name": "possible vulnerability", "value": cve, "kind": "cve"} for cve in vulnerabilities[:SHOWN]]
    result = {
        "summary": f"{len(ports)} open ports, {len(vulnerabilities)} possible vulnerabilities" + (f"; tagged {', '.join(tags)}" if tags else ""),
        "facts": facts,
        "tags": tags,
        "links": [{"title": "Shodan", "url": f"https://www.shodan.io/host/{indicator.value}"}],
        "raw": record,
    }
    bad = sorted(BAD_TAGS & set(tags))
    # Open ports and old software are exposure, not malice: only the tags say something about intent.
    if bad:
        result.update(verdict="suspicious", score=70, confidence=60, says=f"tagged {', '.join(bad)}")
    return result


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"Shodan InternetDB refused the request ({response.status})")
    if response.status == 429:
        raise SourceError("rate-limited", "Shodan InternetDB asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"Shodan InternetDB answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "Shodan InternetDB answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
