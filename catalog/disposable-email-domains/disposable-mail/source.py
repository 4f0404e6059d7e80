def fetch_data(indicator, ctx):
    domain = indicator.value.rpartition("@")[2]
    # A row stands for its own name; only a wildcard row stands for the names below it as well.
    rows = [row for row in ctx.matches if row["key"] == domain or row["value"]["wildcard"]]
    if not rows:
        return None
    listed = rows[0]["key"]
    return {
        # Throw-away mail is misused and also used for privacy: a hint about an account, no proof of malice.
        "verdict": "suspicious",
        "score": 40,
        "confidence": 60,
        "says": "disposable",
        "summary": f"{listed} is a throw-away mail service",
        "facts": [
            {"name": "listed domain", "value": listed, "kind": "domain"},
            {"name": "subdomains too", "value": rows[0]["value"]["wildcard"]},
        ],
        "tags": ["disposable-mail"],
        "links": [],
    }
