import ipaddress


def fetch_data(indicator, ctx):
    if indicator.kind == "cidr":
        return describe_network(ipaddress.ip_network(indicator.value, strict=False))
    address = ipaddress.ip_address(indicator.value)
    return describe_ipv4(address) if address.version == 4 else describe_ipv6(address)


def describe_ipv4(address):
    neighbours = ipaddress.ip_network(f"{address}/24", strict=False)
    facts = [
        {"name": "reverse name", "value": address.reverse_pointer},
        {"name": "network of 256", "value": str(neighbours), "kind": "cidr"},
        {"name": "decimal form", "value": int(address)},
        {"name": "hexadecimal form", "value": f"0x{int(address):08x}"},
        {"name": "octal form", "value": ".".join(f"0{octet:o}" for octet in address.packed)},
        {"name": "IPv4-mapped form", "value": f"::ffff:{address}"},
    ]
    last = address.packed[3]
    place = {0: "first of its /24, often the network itself", 255: "last of its /24, often its broadcast"}.get(last)
    if place:
        facts.append({"name": "place", "value": place})
    return result(f"In {neighbours}; reverse name {address.reverse_pointer}", facts)


def describe_ipv6(address):
    site = ipaddress.ip_network(f"{address}/64", strict=False)
    facts = [
        {"name": "reverse name", "value": address.reverse_pointer},
        {"name": "network of one link", "value": str(site), "kind": "cidr"},
        {"name": "full form", "value": address.exploded},
    ]
    inside = carried_inside(address)
    facts.extend(inside)
    hint = f"; carries {inside[0]['name']} {inside[0]['value']}" if inside else ""
    return result(f"In {site}{hint}", facts)


def carried_inside(address):
    """What the transition mechanisms and EUI-64 put into an address (RFC 4291, 3056, 4380, 6052)."""
    facts = []
    if address.ipv4_mapped:
        facts.append({"name": "IPv4 address", "value": str(address.ipv4_mapped), "kind": "ipv4"})
    if address.sixtofour:
        facts.append({"name": "IPv4 address of the 6to4 router", "value": str(address.sixtofour), "kind": "ipv4"})
    if address.teredo:
        server, client = address.teredo
        facts.append({"name": "IPv4 address of the Teredo client", "value": str(client), "kind": "ipv4"})
        facts.append({"name": "Teredo server", "value": str(server), "kind": "ipv4"})
    if address in ipaddress.ip_network("64:ff9b::/96"):
        facts.append({"name": "IPv4 address behind NAT64", "value": str(ipaddress.ip_address(int(address) & 0xFFFFFFFF)), "kind": "ipv4"})
    interface = address.packed[8:]
    if interface[3:5] == b"\xff\xfe":
        # EUI-64: the universal bit is turned over and ff:fe stands in the middle of the MAC address.
        octets = bytes([interface[0] ^ 0x02]) + interface[1:3] + interface[5:]
        facts.append({"name": "MAC address", "value": octets.hex(":"), "kind": "mac"})
    return facts


def describe_network(network):
    count = network.num_addresses
    facts = [
        {"name": "first address", "value": str(network[0]), "kind": f"ipv{network.version}"},
        {"name": "last address", "value": str(network[-1]), "kind": f"ipv{network.version}"},
        {"name": "addresses", "value": count if count < 2**53 else f"2^{network.max_prefixlen - network.prefixlen}"},
        {"name": "netmask", "value": str(network.netmask)},
    ]
    if network.prefixlen > 0:
        facts.append({"name": "next wider network", "value": str(network.supernet()), "kind": "cidr"})
    return result(f"{network[0]} to {network[-1]}, {facts[2]['value']} addresses", facts)


def result(summary, facts):
    return {"summary": summary, "facts": facts, "tags": [], "links": []}
