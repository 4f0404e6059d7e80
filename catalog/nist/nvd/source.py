from indag import SourceError

# The newest scoring system first; each holds a list with the primary source's score in front.
METRICS = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"]


def fetch_data(indicator, ctx):
    response = ctx.fetch(f"{ctx.config['baseUrl']}/rest/json/cves/2.0", params={"cveId": indicator.value}, headers={"accept": "application/json"})
    if response.status == 404:
        return None
    # The NVD answers 403 also when it is asked too often without a key.
    answer = read_json(response)
    found = answer.get("vulnerabilities") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise SourceError("provider-error", "The NVD answered no list")
    return describe(found[0]["cve"]) if found else None


def describe(cve):
    text = next((entry["value"] for entry in cve.get("descriptions", []) if entry["lang"] == "en"), "No description")
    score, severity, version = severity_of(cve.get("metrics", {}))
    weaknesses = sorted({entry["value"] for weakness in cve.get("weaknesses", []) for entry in weakness["description"] if entry["value"].startswith("CWE-")})
    names = [
        ("severity", severity),
        ("CVSS score", score),
        ("CVSS version", version),
        ("state", cve.get("vulnStatus")),
        ("published", cve.get("published")),
        ("weakness", ", ".join(weaknesses) or None),
        ("exploited, in CISA KEV since", cve.get("cisaExploitAdd")),
        ("action required by CISA", cve.get("cisaRequiredAction")),
        ("description", text),
    ]
    exploited = cve.get("cisaExploitAdd")
    return {
        "says": f"{severity} {score}" if score else "not scored",
        "summary": (f"{severity.capitalize()} ({score})" if score else "Not scored") + (", known to be exploited: " if exploited else ": ") + shorten(text),
        "facts": [{"name": name, "value": value} for name, value in names if value is not None],
        "tags": ["known-exploited"] if exploited else [],
        "links": [{"title": "NVD", "url": f"https://nvd.nist.gov/vuln/detail/{cve['id']}"}]
        + [{"title": "Reference", "url": reference["url"]} for reference in cve.get("references", [])[:5]],
        "raw": cve,
    }


def severity_of(metrics):
    for name in METRICS:
        for metric in metrics.get(name, []):
            data = metric["cvssData"]
            return data["baseScore"], (data.get("baseSeverity") or metric.get("baseSeverity") or "unknown").lower(), data["version"]
    return None, None, None


def shorten(text):
    return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " ..."


def read_json(response):
    """What every HTTP source tells apart; "not found" is a value and is handled before this."""
    if response.status in (401, 403):
        raise SourceError("unauthorized", f"The NVD refused the request ({response.status}): check the API key")
    if response.status == 429:
        raise SourceError("rate-limited", "The NVD asks to wait", retry_after_ms=wait_ms(response))
    if not response.ok:
        raise SourceError("provider-error", f"The NVD answered {response.status}")
    try:
        return response.json()
    except ValueError:
        raise SourceError("provider-error", "The NVD answered something that is no JSON") from None


def wait_ms(response):
    """Retry-After is given in seconds; None when it is absent."""
    seconds = response.headers.get("retry-after") or ""
    return int(seconds) * 1000 if seconds.isdigit() else None
