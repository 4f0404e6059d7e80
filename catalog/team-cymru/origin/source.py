import ipaddress


def fetch_data(indicator, ctx):
    address = ipaddress.ip_address(indicator.value)
    # The reversed digits, as in a reverse name, below a zone of Team Cymru.
    reversed_digits = address.reverse_pointer.rsplit(".", 2)[0]
    zone = "origin.asn.cymru.com" if address.version == 4 else "origin6.asn.cymru.com"
    records = ctx.dns.resolve(f"{reversed_digits}.{zone}", "TXT")
    if not records:
        return None
    # "13335 | 1.1.1.0/24 | AU | apnic | 2011-08-11"; several numbers when several networks announce it.
    numbers, prefix, country, registry, allocated = [part.strip() for part in records[0].split("|")]
    systems = [f"AS{number}" for number in numbers.split()]
    name = name_of(systems[0], ctx)
    facts = [{"name": "autonomous system", "value": system, "kind": "asn"} for system in systems]
    facts += [
        {"name": "prefix", "value": prefix, "kind": "cidr"},
        {"name": "country code", "value": country},
        {"name": "registry", "value": registry},
        {"name": "allocated on", "value": allocated},
    ]
    if name:
        facts.append({"name": "name", "value": name})
    return {
        "summary": f"{prefix} announced by {' and '.join(systems)}" + (f" ({name})" if name else ""),
        "facts": [fact for fact in facts if fact["value"]],
        "tags": [],
        "links": [],
        "raw": records,
    }


def name_of(system, ctx):
    # "13335 | US | arin | 2010-07-14 | CLOUDFLARENET, US"
    records = ctx.dns.resolve(f"{system}.asn.cymru.com", "TXT")
    return records[0].split("|")[-1].strip() if records else None
