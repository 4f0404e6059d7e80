from urllib.parse import quote

from indag import SourceError

TYPES = {"ipv4": "IPv4", "ipv6": "IPv6", "domain": "domain", "url": "url", "md5": "file", "sha1": "file", "sha256": "file", "cve": "cve"}
SHOWN = 10


def fetch_data(indicator, ctx):
    kind, value = TYPES[indicator.kind], quote(indicator.value, safe=":")
    response = ctx.fetch(f"{ctx.config['baseUrl']}/api/v1/indicators/{kind}/{value}/general", headers={"accept": "application/json"})
    if response.status == 404:
        return None
    record = read_json(response)
    pulses = record.get("pulse_info") if isinstance(record, dict) else None
    if not isinstance(pulses, dict):
        raise SourceError("provider-error", "OTX answered no record")
    listed = [entry.get("message") or entry.get("source") for entry in record.get("validation") or []]
    if pulses.get("count", 0) == 0 and not listed:
        return None
    families = sorted({family["display_name"] for pulse in pulses["pulses"] for family in pulse.get("malware_families") or [] if family.get("display_name")})
    facts = [{"name": "pulses", "value": pulses.get("count", 0)}]
    facts += [{"name": "malware family", "value": family} for family in families[:SHOWN]]
    facts += [{"name": "pulse", "value": pulse["name"]} for pulse in pulses["pulses"][:SHOWN]]
    facts += [{"name": "allow list", "value": message} for message in listed]
    result = weigh(indicator.kind, pulses.get("count", 0), listed)
    result.update(
        says=listed[0] if listed else f"in {pulses.get('count', 0)} pulses",
        summary=f"Named in {pulses.get('count', 0)} pulses" + (f"; {', '.join(families[:3])}" if families else "") + (f"; {listed[0]}" if listed else ""),
        facts=facts,
        tags=sorted({tag.lower() for pulse in pulses["pulses"] for tag in pulse.get("tags") or []})[:SHOWN],
        links=[{"title": "OTX", "url": f"https://otx.alienvault.com/indicator/{kind.lower()}/{value}"}],
        raw={"pulses": pulses["pulses"][:SHOWN], "validation": record.get("validation") or []},
    )
    return result


def weigh(kind, count, listed):
    """Any member may make a pulse and put in it what a report merely mentions: a hint, stronger with the number."""
    if listed:
        return {"verdict": "benign", "score": 0, "confidence": 50}
    if kind == "cve":
        return {}
    return {"verdict": "suspicious", "score": min(40 + 2 * count, 70), "confidence": min(25 + 5 * count, 60)}


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"OTX refused the request ({response.status}): check the API key")
    if response.status == 429:
        raise SourceError("rate-limited", "OTX asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"OTX answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "OTX answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
