import hashlib

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

# First byte of a base58 address → network, type (https://en.bitcoin.it/wiki/List_of_address_prefixes).
BASE58_TYPES = {
    0x00: ("Bitcoin", "pay to public key hash (P2PKH)"),
    0x05: ("Bitcoin", "pay to script hash (P2SH)"),
    0x6F: ("Bitcoin testnet", "pay to public key hash (P2PKH)"),
    0xC4: ("Bitcoin testnet", "pay to script hash (P2SH)"),
}

KNOWN = {
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": "the first block, Satoshi Nakamoto",
    "1BitcoinEaterAddressDontSendf59kuE": "nobody: coins sent here are burnt",
    "0x0000000000000000000000000000000000000000": "nobody: the zero address, used to burn coins",
    "0x000000000000000000000000000000000000dead": "nobody: used to burn coins",
}


def fetch_data(indicator, ctx):
    address = indicator.value
    facts = ethereum_facts(address) if indicator.kind == "ethereum" else bitcoin_facts(address)
    owner = KNOWN.get(address)
    if owner:
        facts.append({"name": "belongs to", "value": owner})
    shown = {fact["name"]: fact["value"] for fact in facts}
    summary = f"{shown['network']}, {shown['type']}" if shown.get("checksum valid", True) else "The checksum is wrong: a misspelt address"
    return {"summary": f"{summary}; {owner}" if owner else summary, "facts": facts, "tags": ["well-known"] if owner else [], "links": []}


def bitcoin_facts(address):
    if address.lower().startswith(("bc1", "tb1")):
        return segwit_facts(address.lower())
    number = 0
    for character in address:
        number = number * 58 + BASE58.index(character)
    # 1 byte of type, 20 of hash, 4 of checksum: the first bytes of a double SHA-256.
    data = number.to_bytes(25, "big")
    checksum = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4]
    network, kind = BASE58_TYPES.get(data[0], ("another network", "unknown type"))
    return describe(network, kind, checksum == data[-4:])


def segwit_facts(address):
    prefix, _, data = address.rpartition("1")
    values = [BECH32.index(character) for character in data]
    version = values[0]
    kinds = {0: "SegWit, key hash (P2WPKH)" if len(data) == 39 else "SegWit, script hash (P2WSH)", 1: "Taproot (P2TR)"}
    # BIP 173 has the constant 1 for version 0, BIP 350 another one for what came later.
    expected = 1 if version == 0 else 0x2BC830A3
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    network = "Bitcoin" if prefix == "bc" else "Bitcoin testnet"
    return describe(network, kinds.get(version, f"SegWit version {version}"), polymod(expanded + values) == expected)


def polymod(values):
    generators = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(generators):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum


def ethereum_facts(address):
    # EIP-55: a letter is a capital when the same place of the hash of the lower-case address is 8 or more.
    digits = address[2:].lower()
    hashed = keccak256(digits.encode()).hex()
    spelling = "0x" + "".join(c.upper() if int(h, 16) >= 8 else c for c, h in zip(digits, hashed))
    facts = describe("Ethereum and compatible chains", "account or contract", None)
    return facts + [{"name": "spelling with checksum", "value": spelling}]


def describe(network, kind, valid):
    facts = [{"name": "network", "value": network}, {"name": "type", "value": kind}]
    return facts if valid is None else facts + [{"name": "checksum valid", "value": valid}]


def keccak256(message):
    """Keccak-256 as Ethereum uses it; hashlib has only the later SHA-3, which pads differently."""
    rate, mask = 136, (1 << 64) - 1
    padded = bytearray(message + b"\x01" + bytes(-(len(message) + 1) % rate))
    padded[-1] |= 0x80
    state = [0] * 25
    for at in range(0, len(padded), rate):
        for lane in range(rate // 8):
            state[lane] ^= int.from_bytes(padded[at + lane * 8 : at + lane * 8 + 8], "little")
        state = permute(state, mask)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def permute(a, mask):
    def rotate(value, count):
        return ((value << count) | (value >> (64 - count))) & mask if count else value

    register = 1
    for _ in range(24):
        columns = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        a = [a[i] ^ columns[(i + 4) % 5] ^ rotate(columns[(i + 1) % 5], 1) for i in range(25)]
        x, y, current = 1, 0, a[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x + 5 * y] = a[x + 5 * y], rotate(current, (step + 1) * (step + 2) // 2 % 64)
        a = [a[i] ^ (~a[i // 5 * 5 + (i + 1) % 5] & mask & a[i // 5 * 5 + (i + 2) % 5]) for i in range(25)]
        for bit in range(7):
            register = (register << 1) ^ ((register >> 7) * 0x171)
            a[0] ^= (1 << ((1 << bit) - 1)) if register & 2 else 0
    return a
