import unicodedata

# Letters of other scripts, and digits, that look like an ASCII letter. A small part of Unicode TR 39, confusables.txt.
CONFUSABLES = {
    "a": "аαɑạáà", "b": "в", "c": "сç", "d": "ԁđ", "e": "еẹéè", "g": "ɡ", "h": "һн", "i": "іιıí", "j": "ј", "k": "кκ",
    "l": "ӏłḷ", "m": "мṃ", "n": "ոṇñ", "o": "оοøọóö", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "t": "тτ", "u": "υüú",
    "v": "ν", "w": "ԝω", "x": "х", "y": "у",
}  # fmt: skip
CONFUSABLE = {other: ascii for ascii, others in CONFUSABLES.items() for other in others}
LOOKS_ALIKE = [("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("3", "e"), ("5", "s")]

# Names that are imitated most often; the domain itself is not one of its lookalikes.
BRANDS = (
    "adobe airbnb alibaba aliexpress allegro amazon americanexpress apple bankofamerica barclays binance blockchain booking "
    "chase citibank coinbase commerzbank costco dhl discord docusign dropbox ebay etsy facebook fedex github gmail google "
    "hsbc icloud instagram intuit kraken linkedin mastercard metamask microsoft netflix office365 okta onedrive outlook "
    "paypal pinterest postbank ripple roblox santander sharepoint shopify sparkasse spotify steam stripe telegram tiktok "
    "twitch twitter unicredit visa vodafone walmart wellsfargo whatsapp wikipedia yahoo youtube zalando zoom"
).split()


def fetch_data(indicator, ctx):
    host = host_of(indicator)
    labels = [decode(label) for label in host.split(".")[:-1]]
    for label in sorted(labels, key=len, reverse=True):
        finding = examine(label)
        if finding:
            return finding | {"facts": [{"name": "readable form", "value": ".".join(decode(part) for part in host.split("."))}] + finding["facts"]}
    return None


def host_of(indicator):
    value = indicator.value
    if indicator.kind == "url":
        value = value.split("://", 1)[-1].split("/", 1)[0].rpartition("@")[2].partition(":")[0]
    return value.rpartition("@")[2].rstrip(".")


def decode(label):
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def examine(label):
    """The strongest sign that a label imitates something, or None."""
    scripts = sorted({script_of(c) for c in label if c.isalpha()})
    skeleton = "".join(CONFUSABLE.get(c, c) for c in label)
    facts = [{"name": "label", "value": label}]
    if scripts:
        facts.append({"name": "scripts", "value": ", ".join(scripts)})
    brand = imitated(skeleton)
    if not label.isascii():
        return examine_international(skeleton, scripts, brand, facts)
    if not brand or brand == label:
        return None
    facts.append({"name": "looks like", "value": brand})
    # Digits for letters are meant to deceive; one other letter may be chance.
    deliberate = fold(label) == brand
    return finding("suspicious", 70 if deliberate else 45, 60 if deliberate else 30, f"{label} looks like {brand}", facts, ["lookalike"])


def examine_international(skeleton, scripts, brand, facts):
    if brand:
        facts.append({"name": "looks like", "value": brand})
        return finding("suspicious", 80, 75, f"Letters of other scripts imitate {brand}", facts, ["homograph", "lookalike"])
    if len(scripts) > 1 and "LATIN" in scripts and not set(scripts) & {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}:
        return finding("suspicious", 65, 60, f"Mixes scripts in one label: {', '.join(scripts)}", facts, ["homograph"])
    # Accents are ordinary spelling; a whole label of foreign letters that reads as ASCII is not.
    if skeleton.isascii() and scripts != ["LATIN"]:
        return finding("suspicious", 50, 40, f"Can be taken for {skeleton}", facts, ["homograph"])
    return {"summary": f"International name in {', '.join(scripts).title()} script", "facts": facts, "tags": ["idn"], "links": []}


def script_of(character):
    # "CYRILLIC SMALL LETTER A" → "CYRILLIC". Good enough for alphabets: Python knows no script property.
    return unicodedata.name(character, "UNKNOWN").split()[0]


def imitated(skeleton):
    folded = fold(skeleton)
    for brand in BRANDS:
        # Short names have too many innocent neighbours.
        if folded == brand or (len(brand) >= 6 and one_edit_apart(skeleton, brand)):
            return brand
    return None


def fold(label):
    for pair, letter in LOOKS_ALIKE:
        label = label.replace(pair, letter)
    return label


def one_edit_apart(a, b):
    """One letter more, less, other, or two neighbours swapped."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    if len(a) == len(b):
        swapped = a[start + 1 : start + 2] + a[start : start + 1] + a[start + 2 :]
        return a[start + 1 :] == b[start + 1 :] or swapped == b[start:]
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[start + 1 :] == shorter[start:]


def finding(verdict, score, confidence, says, facts, tags):
    return {"verdict": verdict, "score": score, "confidence": confidence, "says": says, "summary": says, "facts": facts, "tags": tags, "links": []}
