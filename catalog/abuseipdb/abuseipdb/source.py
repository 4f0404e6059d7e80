from indag import SourceError


def fetch_data(indicator, ctx):
    response = ctx.fetch(
        f"{ctx.config['baseUrl']}/api/v2/check",
        params={"ipAddress": indicator.value, "maxAgeInDays": "90"},
        headers={"accept": "application/json"},
    )
    body = read_json(response)
    data = body.get("data") if isinstance(body, dict) else None
    if not data or not isinstance(data.get("abuseConfidenceScore"), int):
        raise SourceError("provider-error", "AbuseIPDB answered no record")
    # Without reports it only repeats who owns the address: nothing is known about abuse.
    if data["totalReports"] == 0 and not data.get("isWhitelisted"):
        return None
    score = data["abuseConfidenceScore"]
    names = [
        ("confidence of abuse", score, None),
        ("reports", data["totalReports"], None),
        ("reporters", data.get("numDistinctUsers"), None),
        ("last reported", data.get("lastReportedAt"), None),
        ("provider", data.get("isp"), None),
        ("domain of the provider", data.get("domain"), "domain"),
        ("usage", data.get("usageType"), None),
        ("country code", data.get("countryCode"), None),
        ("Tor exit", data.get("isTor"), None),
    ]
    result = weigh(score, data)
    result.update(
        says=f"{score} % confidence of abuse",
        summary=f"{score} % confidence of abuse, {data['totalReports']} reports in 90 days",
        facts=[{"name": name, "value": value, **({"kind": kind} if kind else {})} for name, value, kind in names if value is not None],
        tags=["tor-exit"] if data.get("isTor") else [],
        links=[{"title": "AbuseIPDB", "url": f"https://www.abuseipdb.com/check/{indicator.value}"}],
        raw=data,
    )
    if data.get("lastReportedAt"):
        result["observedAt"] = data["lastReportedAt"]
    return result


def weigh(score, data):
    """AbuseIPDB advises to block from 75 on; a few reports are often mistakes. Only its allow list says that an address is good."""
    if data.get("isWhitelisted"):
        return {"verdict": "benign", "score": 0, "confidence": 60}
    if score >= 75:
        return {"verdict": "malicious", "score": score, "confidence": 80}
    if score >= 25:
        return {"verdict": "suspicious", "score": score, "confidence": 60}
    return {"verdict": "informational", "score": score, "confidence": 40}


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"AbuseIPDB refused the request ({response.status}): check the API key")
    if response.status == 429:
        raise SourceError("rate-limited", "AbuseIPDB asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"AbuseIPDB answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "AbuseIPDB answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
