from indag import SourceError

# Fields of the search: https://urlscan.io/docs/search/
FIELDS = {"domain": "page.domain", "url": "page.url", "ipv4": "page.ip", "sha256": "hash"}
SHOWN = 10


def fetch_data(indicator, ctx):
    quoted = indicator.value.replace("\\", "\\\\").replace('"', '\\"')
    response = ctx.fetch(
        f"{ctx.config['baseUrl']}/api/v1/search/",
        params={"q": f'{FIELDS[indicator.kind]}:"{quoted}"', "size": str(SHOWN)},
        headers={"accept": "application/json"},
    )
    answer = read_json(response)
    visits = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(visits, list):
        raise SourceError("provider-error", "urlscan.io answered no list")
    if not visits:
        return None
    total = answer.get("total", len(visits))
    marked = [visit for visit in visits if (visit.get("verdicts") or {}).get("malicious")]
    facts = [{"name": "recorded visits", "value": total}, {"name": "last visit", "value": visits[0]["task"]["time"]}]
    for visit in visits:
        page = visit["page"]
        facts.append({"name": "page", "value": page["url"], "kind": "url"})
    facts += [{"name": "server", "value": ip, "kind": "ipv6" if ":" in ip else "ipv4"} for ip in sorted({v["page"]["ip"] for v in visits if v["page"].get("ip")})]
    result = {
        "summary": f"{total} recorded visits" + (f", {len(marked)} of the last {len(visits)} marked malicious" if marked else ""),
        "facts": facts,
        "tags": ["marked-malicious"] if marked else [],
        "links": [{"title": "Last visit", "url": f"https://urlscan.io/result/{visits[0]['_id']}/"}],
        "raw": visits,
        "observedAt": visits[0]["task"]["time"],
    }
    # A visit without a mark is no clean bill: most pages are never judged.
    if marked:
        result.update(verdict="malicious" if len(marked) > 1 else "suspicious", score=80 if len(marked) > 1 else 60, confidence=60, says=f"{len(marked)} visits marked malicious")
    return result


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"urlscan.io refused the request ({response.status}): check the API key")
    if response.status == 429:
        raise SourceError("rate-limited", "urlscan.io asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"urlscan.io answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "urlscan.io answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
