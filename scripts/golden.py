#!/usr/bin/env python3
"""Known answers for every formula of bytes that Doorstep hashes, signs, seals or shows.

    scripts/golden.py           writes tests/conformance/golden/*.json
    scripts/golden.py --check   makes them again and compares; exit 1 names what differs

Each file is {"formula", "cases": [{"name", "in", "out"}]}; byte strings are hex, numbers are
numbers. Inputs are made from labels, so that the files never change by themselves. Lists that a
program must put in order are given out of order on purpose.
"""
import base64
import hashlib
import json
import pathlib
import struct
import sys

sys.dont_write_bytecode = True  # no generated files beside the sources
import golden_primitives as primitives  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "conformance" / "golden"
blake2b = primitives.blake2b


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def lp(data):
    return u32(len(data)) + data


def st(label, *parts):
    return lp(label.encode()) + b"".join(lp(part) for part in parts)


def h(data):
    return blake2b(data, 32)


def h16(data):
    return blake2b(data, 16)


def prf(key, data, size):
    return blake2b(data, size, key)


def made(label, size=16):
    """Bytes that look random and are the same every time."""
    return hashlib.shake_256(b"doorstep golden " + label.encode()).digest(size)


def plain(value):
    """As JSON holds it: bytes become hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def case(name, inputs, outputs):
    return {"name": name, "in": plain(inputs), "out": plain(outputs)}


# ---- changesets, logs, heads, ids

TENANT, SCOPE, DEVICE, UID = made("tenant"), made("scope"), made("device"), made("uid")


def change_cases():
    cases = []
    for name, changeset in (("a short changeset", made("changeset", 40)),
                            ("an empty changeset", b""),
                            ("a longer changeset", made("large changeset", 3000))):
        seed = made("sign seed", 32)
        signature = primitives.ed25519_sign(seed, st("doorstep/change/v1", TENANT, changeset))
        cases.append(case(name, {"tenant": TENANT, "sign_seed": seed, "changeset": changeset}, {
            "sign_public": primitives.ed25519_public(seed),
            "signature": signature,
            "changeset_hash": h(st("doorstep/changeset/v1", changeset, signature)),
        }))
    return cases


def entry_cases():
    entry_hash = h(st("doorstep/scope/v1", TENANT, SCOPE))
    cases = [case("number 0", {"tenant": TENANT, "scope": SCOPE}, {"entry_hash": entry_hash})]
    for seq, meta in ((1, made("meta 1", 30)), (2, b""), (3, made("meta 3", 300)),
                      (2**40 + 7, made("meta far", 20))):
        changeset_hash = made(f"changeset hash {seq}", 32)
        before = entry_hash
        entry_hash = h(st("doorstep/entry/v1", TENANT, SCOPE, u64(seq), before, changeset_hash,
                          meta))
        cases.append(case(f"number {seq}", {
            "tenant": TENANT, "scope": SCOPE, "seq": seq, "before": before,
            "changeset_hash": changeset_hash, "meta": meta}, {"entry_hash": entry_hash}))
    return cases


def head_cases():
    seed, head = made("log seed", 32), made("head", 90)
    return [case("a head", {"tenant": TENANT, "log_seed": seed, "head": head}, {
        "log_public": primitives.ed25519_public(seed),
        "signature": primitives.ed25519_sign(seed, st("doorstep/head/v1", TENANT, head))})]


def id_cases():
    root = primitives.ed25519_public(made("root seed", 32))
    return [
        case("family id", {"tenant": TENANT, "device": DEVICE, "uid": UID},
             {"family": h16(st("doorstep/family/v1", TENANT, DEVICE, UID))}),
        case("root id", {"tenant": TENANT, "root_public": root},
             {"root_id": h16(st("doorstep/root/v1", TENANT, root))}),
    ]


# ---- digests


def op_bytes(op):
    return op["uid"] + u32(op["index"])


def op_order(op):
    return (op["uid"], op["index"])


def record_digest(record):
    cells = b""
    for cell in sorted(record["cells"], key=lambda cell: cell["field"]):
        cells += u32(cell["field"]) + u32(len(cell["live"]))
        for write in cell["live"]:  # in log order, as given
            cells += op_bytes(write) + write["actor"] + u64(write["seq"]) + lp(write["value"])
        cells += u32(len(cell["absent"]))
        for op in sorted(cell["absent"], key=op_order):
            cells += op_bytes(op)
    return h(st("doorstep/record/v1", u32(record["type"]), record["id"], u64(record["made_seq"]),
                record["made_actor"], cells))


def write_of(label, index, seq, value):
    return {"uid": made(f"uid {label}"), "index": index, "actor": made(f"actor {label}"),
            "seq": seq, "value": value}


def sample_records():
    absent = [{"uid": made("absent b"), "index": 2}, {"uid": made("absent a"), "index": 300},
              {"uid": made("absent b"), "index": 1}]
    return [
        {"type": 3, "id": made("record one"), "made_seq": 1, "made_actor": made("actor a"),
         "cells": [{"field": 5, "live": [write_of("a", 0, 1, b"\x2a\x03tea")], "absent": []}]},
        {"type": 40, "id": made("record two"), "made_seq": 2**33, "made_actor": made("actor b"),
         "cells": [
             {"field": 300, "live": [], "absent": absent},
             {"field": 2, "live": [write_of("z", 7, 4, b"\x10\x00"), write_of("b", 0, 9, b""),
                                   write_of("b", 1, 9, made("long value", 500))],
              "absent": absent[:1]},
         ]},
        {"type": 1, "id": made("record three"), "made_seq": 5, "made_actor": bytes(16),
         "cells": []},
    ]


def record_digest_cases():
    return [case(f"record {n}", record, {"record_digest": record_digest(record)})
            for n, record in enumerate(sample_records(), 1)]


def state_digest_cases():
    digests = [record_digest(record) for record in sample_records()]
    total = bytes(32)
    cases = [case("an empty scope", {"record_digests": []}, {"state_digest": total})]
    for count, digest in enumerate(digests, 1):
        total = primitives.xor(total, digest)
        cases.append(case(f"{count} records", {"record_digests": digests[:count]},
                          {"state_digest": total}))
    return cases


def version_digest(inputs):
    body = b""
    for record in sorted(inputs["records"], key=lambda record: (record["type"], record["id"])):
        fields = [field for field in record["fields"] if field["covered"] and field["writes"]]
        body += u32(record["type"]) + record["id"] + u32(len(fields))
        for field in sorted(fields, key=lambda field: field["field"]):
            body += u32(field["field"]) + u32(len(field["writes"]))
            for write in sorted(field["writes"], key=op_order):
                body += op_bytes(write) + lp(write["value"])
    return h(st("doorstep/version/v1", inputs["tenant"], inputs["scope"], u32(inputs["type"]),
                inputs["id"], body))


def version_digest_cases():
    """Covered is what the schema says of the field: a plan's state (2) is a COMMAND and is not. Field
    90 is in no schema. A goal belongs to the plan by its field 1."""
    def write(label, index, value):
        return {"uid": made(f"uid {label}"), "index": index, "value": value}

    def field(number, writes, covered=True):
        return {"field": number, "covered": covered, "writes": writes}

    plan_id = made("plan")
    plan = {"type": 20, "id": plan_id, "fields": [
        field(90, [write("p", 4, b"\xd2\x05\x04home")]),
        field(2, [write("p", 1, b"\x10\x01")], covered=False),
        field(6, []),
        field(3, [write("q", 10, b"\x1a\x01x"), write("q", 9, b"\x1a\x01y"),
                  write("p", 0, b"")])]}
    goals = [{"type": 21, "id": made(f"goal {n}"), "fields": [
        field(1, [write(f"goal {n}", n, b"\x0a\x10" + plan_id)])]} for n in range(4)]
    head = {"tenant": TENANT, "scope": SCOPE, "type": 20, "id": plan_id}
    cases = []
    for name, records in (("one record without fields",
                           [{"type": 20, "id": plan_id, "fields": []}]),
                          ("a plan and its goals, out of order", goals[:2] + [plan] + goals[2:])):
        inputs = {**head, "records": records}
        cases.append(case(name, inputs, {"version_digest": version_digest(inputs)}))
    return cases


# ---- codes that people type

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def base32(data):
    number = int.from_bytes(data, "big")
    digits = len(data) * 8 // 5
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(digits)))


def check_character(text, salt):
    """Weights are the powers x, x^2 … in the field of 32 elements with x^5 = x^2 + 1."""
    powers = [1]
    for _ in text:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    total = salt
    for character, power in zip(text, powers[1:]):
        product, digit = 0, ALPHABET.index(character)
        while digit:
            if digit & 1:
                product ^= power
            power <<= 1
            power = power ^ 0b100101 if power & 32 else power
            digit >>= 1
        total ^= product
    return ALPHABET[total]


def grouped(text):
    return "-".join(text[at:at + 4] for at in range(0, len(text), 4))


# ---- enrolment


def invitation_cases():
    cases = []
    for n, server in enumerate(("office.example.org:8443", "127.0.0.1:7443", "[::1]:7443")):
        secret = made(f"invitation {n}", 10)
        sign, box = made(f"sign key {n}", 32), made(f"box key {n}", 32)
        spki, server_ca = made(f"spki {n}", 32), made(f"server CA {n}", 200)
        root = made(f"root key {n}", 32)
        handle = h(st("doorstep/invite/v1", secret))[:8]
        key = h(st("doorstep/invite-key/v1", secret))
        salt = h(st("doorstep/invite-address/v1", server.encode()))[0] & 31
        spelled = base32(secret)
        number = h(st("doorstep/device-number/v1", TENANT, sign, box, spki))[:10]
        cases.append(case(server, {
            "server": server, "secret": secret, "tenant": TENANT, "device": DEVICE,
            "sign_public": sign, "box_public": box, "tls_spki": spki, "root_public": root,
            "server_ca": server_ca}, {
                "code": server + "/" + grouped(spelled + check_character(spelled, salt)),
                "handle": handle,
                "key": key,
                "device_mac": prf(key, st("doorstep/invite-device/v1", handle, sign, box, spki),
                                  32),
                "answer_mac": prf(key, st("doorstep/invite-answer/v1", TENANT, root, server_ca,
                                          DEVICE), 32),
                "device_number": number,
                "device_number_text": grouped(base32(number))}))
    return cases


def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x81" + bytes([size])
    return bytes([tag]) + length + content


EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
PRIME256V1 = bytes.fromhex("06082a8648ce3d030107")


def tls_key(scalar):
    """(PKCS#8 as PEM, DER SubjectPublicKeyInfo) of a P-256 scalar."""
    algorithm = der(0x30, EC_PUBLIC_KEY, PRIME256V1)
    bits = der(0x03, b"\0", primitives.p256_public(scalar))
    inner = der(0x30, b"\x02\x01\x01", der(0x04, scalar), der(0xA1, bits))
    pkcs8 = base64.b64encode(der(0x30, b"\x02\x01\x00", algorithm, der(0x04, inner))).decode()
    lines = [pkcs8[at:at + 64] for at in range(0, len(pkcs8), 64)]
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
    return pem.encode(), der(0x30, algorithm, bits)


def tls_key_cases():
    cases = []
    for n in range(2):
        pem, spki = tls_key(made(f"tls scalar {n}", 32))
        cases.append(case(f"key {n}", {"tls_key_pem": pem}, {"spki": spki, "tls_spki": h(spki)}))
    return cases


# ---- restricted values


def padded(data, block):
    data += b"\x80"
    return data + bytes(-len(data) % block)


PLACE = {"tenant": TENANT, "scope": SCOPE, "uid": UID, "index": 3, "type": 40,
         "record": made("record one"), "field": 7}


def restricted_context(place):
    return st("doorstep/restricted/v1", place["tenant"], place["scope"], place["uid"],
              u32(place["index"]), u32(place["type"]), place["record"], u32(place["field"]))


def restricted_value(content_key, place, nonce, field):
    context = restricted_context(place)
    both = prf(content_key, context, 64)
    return b"\x01" + nonce + both[32:] + primitives.aead_seal(both[:32], nonce, context,
                                                               padded(field, 256))


def restricted_cases():
    cases = []
    for n, (field_number, text) in enumerate(((7, b"12 Invented Lane"), (7, b""),
                                              (1000, made("long text", 300)))):
        tag = field_number << 3 | 2
        field = (bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7]))
        size = len(text)
        field += (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + text
        place = {**PLACE, "index": n, "field": field_number}
        key, nonce = made(f"content key {n}", 32), made(f"nonce {n}", 24)
        cases.append(case(f"{size} bytes of text", {
            **place, "content_key": key, "nonce": nonce, "field_bytes": field}, {
                "context": restricted_context(place),
                "commitment": prf(key, restricted_context(place), 64)[32:],
                "value": restricted_value(key, place, nonce, field)}))
    return cases


def two_key_ciphertext(keys, nonce, aad, message):
    """A ciphertext whose tag is right under both keys, and which opens under the first to `message`
    but for bytes 32 to 63, which are solved for: Poly1305 is linear in its blocks."""
    modulus = primitives.P1305
    mac_keys, streams = zip(*(primitives.xchacha_keys(key, nonce, len(message)) for key in keys))
    fixed = bytearray(primitives.xor(message, streams[0]))
    fixed[32:64] = bytes(32)
    data = primitives.aead_mac_data(aad, bytes(fixed))
    blocks = len(data) // 16
    first = (len(aad) + 15) // 16 + 2
    r = [primitives.poly1305_r(key) for key in mac_keys]
    s = [int.from_bytes(key[16:], "little") for key in mac_keys]
    rest = [sum(int.from_bytes(data[16 * i:16 * i + 16] + b"\x01", "little") *
                pow(rk, blocks - i, modulus) for i in range(blocks)) % modulus for rk in r]
    (a, b), (c, d) = ([pow(rk, blocks - first, modulus), pow(rk, blocks - first - 1, modulus)]
                      for rk in r)
    inverse = pow(a * d - b * c, -1, modulus)
    for attempt in range(4096):
        tag = int.from_bytes(made(f"tag {attempt}"), "little")
        e, f = ((tag - sk) % 2**128 + (attempt >> 2 * n & 3) * 2**128 - restk
                for n, (sk, restk) in enumerate(zip(s, rest)))
        x, y = (d * e - b * f) * inverse % modulus, (a * f - c * e) * inverse % modulus
        if x < 2**128 and y < 2**128:
            fixed[32:64] = x.to_bytes(16, "little") + y.to_bytes(16, "little")
            ciphertext, tag = bytes(fixed), tag.to_bytes(16, "little")
            for mac_key in mac_keys:
                assert primitives.poly1305(
                    mac_key, primitives.aead_mac_data(aad, ciphertext)) == tag
            return ciphertext + tag, [primitives.xor(ciphertext, stream) for stream in streams]
    raise AssertionError("no solution found")


def restricted_two_keys_cases():
    context = restricted_context(PLACE)
    content_keys = [made("content key first", 32), made("content key second", 32)]
    both = [prf(key, context, 64) for key in content_keys]
    nonce = made("nonce of two", 24)
    message = padded(b"\x3a\xc8\x01" + made("text of two", 200), 256)
    sealed, opened = two_key_ciphertext([b[:32] for b in both], nonce, context, message)
    return [case("one ciphertext, two keys, the commitment of the first", {
        **PLACE, "content_key": content_keys[0], "other_content_key": content_keys[1],
        "value": b"\x01" + nonce + both[0][32:] + sealed}, {
            "field_bytes": opened[0][:203],
            "other_key": both[1][:32],
            "opened_by_other_key": opened[1]})]


def wrap_cases():
    cases = []
    for n in range(3):
        seed, key = made(f"box seed {n}", 32), made(f"content key {n}", 32)
        recipient = primitives.box_pair(seed)[0]
        ephemeral = prf(key, st("doorstep/wrap/v1", TENANT, SCOPE, UID, recipient), 32)
        wrap = primitives.sealed_box(recipient, key, ephemeral)
        recipient_id = h16(recipient)
        cases.append(case(f"recipient {n}", {
            "tenant": TENANT, "scope": SCOPE, "uid": UID, "content_key": key, "box_seed": seed}, {
                "box_public": recipient,
                "recipient": recipient_id,
                "wrap": wrap,
                "share_id": h16(st("doorstep/share/v1", UID, recipient_id, wrap))}))
    return cases


# ---- files beside records


CHUNK_PLAIN = 256 << 10


def attachment_cases():
    cases = []
    # The longer one has a second chunk; its plain bytes are told by how they are made.
    for name, size in (("one chunk", 100), ("two chunks", CHUNK_PLAIN)):
        key, header, record = made(f"file key {name}", 32), made(f"header {name}", 24), made("record")
        plain = (b"The kitchen has no window. " * (size // 27 + 1))[:size]
        parts = [plain[:CHUNK_PLAIN - 24], plain[CHUNK_PLAIN - 24:]]
        parts = [part for part in parts if part]
        pieces = [(part, st("doorstep/attachment-chunk/v1", TENANT, SCOPE, record, u32(number)),
                   3 if number == len(parts) - 1 else 0) for number, part in enumerate(parts)]
        chunks = primitives.secret_stream(key, header, pieces)
        chunks[0] = header + chunks[0]
        length = sum(len(chunk) for chunk in chunks)
        hashes = b"".join(h(st("doorstep/chunk/v1", u32(number), chunk))
                          for number, chunk in enumerate(chunks))
        cases.append(case(name, {
            "tenant": TENANT, "scope": SCOPE, "record": record, "key": key, "header": header,
            "plain_repeated": b"The kitchen has no window. ", "plain_length": size}, {
                "length": length,
                "last_chunk": chunks[-1],
                "hashes": hashes,
                "content": h(st("doorstep/attachment/v1", u64(length), hashes))}))
    return cases


# ---- vault and recovery


def vault_key(device_secret, pin_hash, tenant, device):
    return prf(device_secret, st("doorstep/vault/v1", pin_hash, tenant, device), 32)


def vault_cases():
    pin, passes, memory = b"418230", 2, 8192
    salt, nonce, device_secret = made("salt"), made("vault nonce", 24), made("device secret", 32)
    keys = {"database_key": made("database key", 32), "database_salt": made("database salt"),
            "sign_seed": made("sign seed", 32), "box_seed": made("box seed", 32),
            "tls_key_pem": tls_key(made("tls scalar 0", 32))[0]}
    pin_hash = primitives.argon2id(pin, salt, passes, memory // 1024, 32)
    kek = vault_key(device_secret, pin_hash, TENANT, DEVICE)
    header = u32(1) + TENANT + DEVICE + u64(passes) + u64(memory) + salt
    inside = (keys["database_key"] + keys["database_salt"] + keys["sign_seed"] + keys["box_seed"] +
              lp(keys["tls_key_pem"]))
    before = header + nonce + primitives.aead_seal(kek, nonce, header, inside)
    return [case("a vault", {
        "tenant": TENANT, "device": DEVICE, "pin": pin, "passes": passes, "memory_bytes": memory,
        "salt": salt, "nonce": nonce, "device_secret": device_secret, **keys},
                 {"pin_hash": pin_hash, "key": kek, "vault": before + h(before)})]


def share_text(share):
    lines = []
    for n in range(len(share) // 5):
        spelled = base32(share[5 * n:5 * n + 5])
        lines.append(f"{n + 1:02} " + grouped(spelled + check_character(spelled, n + 1)) + "\n")
    return "".join(lines)


def recovery_cases():
    cases = []
    for kind, name, public in ((1, "recovery key", lambda seed: primitives.box_pair(seed)[0]),
                               (2, "root key", primitives.ed25519_public)):
        seed = made(name, 32)
        pads = [made(f"{name} pad 1", 32), made(f"{name} pad 2", 32)]
        pads.append(primitives.xor(seed, primitives.xor(*pads)))
        shares = []
        for number in (1, 2, 3):
            held = b"".join(pad for n, pad in enumerate(pads, 1) if n != number)
            share = (bytes([1, kind]) + TENANT + bytes([number]) + h(public(seed))[:8] + held)
            shares.append(share + h(st("doorstep/recovery-share/v1", share))[:4])
        cases.append(case(name, {"kind": kind, "tenant": TENANT, "seed": seed,
                                 "random": pads[0] + pads[1]},
                          {"shares": shares, "texts": [share_text(share) for share in shares]}))
    return cases


FILES = {
    "change": ("signature of a changeset; changeset_hash", change_cases),
    "entry": ("entry_hash(0); entry_hash(n)", entry_cases),
    "head": ("signed head", head_cases),
    "ids": ("family id; root_id", id_cases),
    "record_digest": ("record_digest", record_digest_cases),
    "state_digest": ("state_digest: XOR of record digests", state_digest_cases),
    "version_digest": ("version digest", version_digest_cases),
    "invitation": ("code, handle, k, both MACs, device number", invitation_cases),
    "tls_key": ("SubjectPublicKeyInfo and tls_spki", tls_key_cases),
    "restricted": ("restricted value and commitment", restricted_cases),
    "restricted_two_keys": ("one ciphertext valid under two keys", restricted_two_keys_cases),
    "wrap": ("wrap, recipient id, share id", wrap_cases),
    "vault": ("Argon2id of the PIN, KEK, vault", vault_cases),
    "recovery": ("recovery shares, as bytes and as text", recovery_cases),
    "attachment": ("chunks of a file, their hashes, content id", attachment_cases),
}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    primitives.check_published_answers()
    texts = {}
    for name, (formula, cases) in FILES.items():
        content = {"formula": formula, "cases": cases()}
        texts[name + ".json"] = json.dumps(content, indent=1) + "\n"
    if not arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (FOLDER / name).write_text(text)
        return 0
    found = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    wrong = sorted(name for name in texts.keys() | found.keys()
                   if texts.get(name) != found.get(name))
    for name in wrong:
        print(f"golden: {name} differs, is missing or is nobody's", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
