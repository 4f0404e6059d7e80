# ctx.matches holds the rows of this source's dataset whose network contains the address, the narrowest first.
def fetch_data(indicator, ctx):
    if not ctx.matches:
        return None
    match = ctx.matches[0]
    country = match["value"]
    return {
        "summary": f"Registered in {country['name']} ({country['code']})",
        "facts": [
            {"name": "country", "value": country["name"]},
            {"name": "country code", "value": country["code"]},
            {"name": "continent", "value": country["continent"]},
            {"name": "network", "value": match["key"], "kind": "cidr"},
        ],
        "tags": [f"country:{country['code'].lower()}"],
        "links": [],
        "raw": match,
    }
