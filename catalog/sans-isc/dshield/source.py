from indag import SourceError


def fetch_data(indicator, ctx):
    # The Internet Storm Center asks for a user agent that names the client: https://isc.sans.edu/api/
    response = ctx.fetch(f"{ctx.config['baseUrl']}/api/ip/{indicator.value}?json", headers={"accept": "application/json", "user-agent": "Indag"})
    if response.status == 404:
        return None
    answer = read_json(response)
    record = answer.get("ip") if isinstance(answer, dict) else None
    if not isinstance(record, dict):
        raise SourceError("provider-error", "DShield answered no record")
    reports, targets = number(record.get("count")), number(record.get("attacks"))
    feeds = sorted(record.get("threatfeeds") or {})
    if reports == 0 and not feeds:
        return None
    names = [
        ("reports", reports),
        ("targets", targets),
        ("first reported", record.get("mindate")),
        ("last reported", record.get("maxdate")),
        ("threat feeds", ", ".join(feeds) or None),
        ("owner of the network", record.get("asname")),
        ("abuse contact", record.get("asabusecontact")),
    ]
    # Many independent targets mean a scan or an attack; spoofed senders and mistakes are few.
    widespread = targets >= 10 or bool(feeds)
    return {
        "verdict": "suspicious" if widespread else "informational",
        "score": 60 if widespread else 20,
        "confidence": 60 if targets >= 100 else 45,
        "says": f"{reports} reports, {targets} targets",
        "summary": f"{reports} firewall reports about {targets} targets" + (f"; in {', '.join(feeds)}" if feeds else ""),
        "facts": [{"name": name, "value": value} for name, value in names if value is not None],
        "tags": feeds,
        "links": [{"title": "DShield", "url": f"https://isc.sans.edu/ipinfo/{indicator.value}"}],
        "raw": record,
    }


def number(value):
    """Counts come as numbers, as text, or as null."""
    return int(value) if str(value or "").isdigit() else 0


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"DShield refused the request ({response.status})")
    if response.status == 429:
        raise SourceError("rate-limited", "DShield asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"DShield answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "DShield answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
