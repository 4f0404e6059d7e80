from indag import SourceError


def fetch_data(indicator, ctx):
    response = ctx.fetch(f"{ctx.config['baseUrl']}/v3/community/{indicator.value}", headers={"accept": "application/json"})
    # "IP not observed scanning the internet or contained in RIOT data set."
    if response.status == 404:
        return None
    record = read_json(response)
    if not isinstance(record, dict) or "noise" not in record:
        raise SourceError("provider-error", "GreyNoise answered no record")
    classification = record.get("classification") or "unknown"
    name = record.get("name") or "unknown"
    result = weigh(record, classification)
    what = f"Common service of {name}" if record.get("riot") else f"Scans the internet, {classification}"
    result.update(
        says=classification,
        summary=what if record.get("riot") or name == "unknown" else f"{what}: {name}",
        facts=[
            {"name": "scans the internet", "value": bool(record["noise"])},
            {"name": "common service (RIOT)", "value": bool(record.get("riot"))},
            {"name": "classification", "value": classification},
            {"name": "name", "value": name},
            {"name": "last seen", "value": record.get("last_seen") or "unknown"},
        ],
        tags=[tag for tag, is_so in (("scanner", record["noise"]), ("common-service", record.get("riot"))) if is_so],
        links=[{"title": "GreyNoise", "url": record.get("link") or f"https://viz.greynoise.io/ip/{indicator.value}"}],
        raw=record,
    )
    return result


def weigh(record, classification):
    """RIOT and "benign" are claims of GreyNoise, and the only grounds for a good verdict; "unknown" is none."""
    if classification == "malicious":
        return {"verdict": "malicious", "score": 80, "confidence": 75}
    if classification == "suspicious":
        return {"verdict": "suspicious", "score": 55, "confidence": 60}
    if record.get("riot") or classification == "benign":
        return {"verdict": "benign", "score": 0, "confidence": 75}
    return {}


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"GreyNoise refused the request ({response.status}): check the API key")
    if response.status == 429:
        raise SourceError("rate-limited", "GreyNoise asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"GreyNoise answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "GreyNoise answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
