# Bits of the first octet: the lowest says group or single card, the next says local or IEEE (IEEE 802, clause 8).
GROUP_BIT = 0x01
LOCAL_BIT = 0x02

# The registry by the number of digits that it fixes.
REGISTRIES = {6: "MA-L", 7: "MA-M", 9: "MA-S"}


def fetch_data(indicator, ctx):
    digits = "".join(c for c in indicator.value.lower() if c in "0123456789abcdef")
    first = int(digits[:2], 16)
    if digits == "f" * 12:
        return answer("Broadcast: every card on the link", [], ["broadcast"])
    if first & LOCAL_BIT:
        return answer(
            "Locally administered: chosen by software, often a random address of a phone or a virtual machine",
            [{"name": "locally administered", "value": True}, {"name": "group address", "value": bool(first & GROUP_BIT)}],
            ["locally-administered"],
        )
    # The longest prefix is the real owner: an MA-M or MA-S block lies inside a block of the registry itself.
    rows = sorted(ctx.matches, key=lambda row: -len(row["key"]))
    if not rows:
        return None
    row = rows[0]
    facts = [
        {"name": "vendor", "value": row["value"]["name"]},
        {"name": "vendor address", "value": row["value"]["address"]},
        {"name": "prefix", "value": row["key"]},
        {"name": "registry", "value": REGISTRIES.get(len(row["key"]), "other")},
        {"name": "group address", "value": bool(first & GROUP_BIT)},
    ]
    return answer(f"Made by {row['value']['name']}", facts, [])


def answer(summary, facts, tags):
    return {"summary": summary, "facts": facts, "tags": tags, "links": []}
