# Rows of the list that the operator loaded, the longest name first: {label?, verdict?, note?}.
SCORES = {"malicious": 90, "suspicious": 60, "benign": 0, "informational": 0}


def fetch_data(indicator, ctx):
    if not ctx.matches:
        return None
    match = ctx.matches[0]
    entry = match["value"]
    label, verdict = entry.get("label"), entry.get("verdict")
    facts = [{"name": "list entry", "value": match["key"], "kind": "domain"}]
    facts += [{"name": name, "value": entry[name]} for name in ("label", "note") if entry.get(name)]
    result = {
        "summary": f"On your list as {match['key']}" + (f": {label}" if label else ""),
        "facts": facts,
        "tags": ["own-list"],
        "links": [],
    }
    if verdict:
        result.update(verdict=verdict, score=SCORES[verdict], confidence=90, says=label or verdict)
    return result
