"""For scripts/demo: an export of the server read by another program than ours, and what it gives away.

Takes every wrap out of an export and tries each with every key that can be made of any bytes of the
server's key files. Uses libsodium itself, not our own code.
"""
import base64
import ctypes
import ctypes.util
import re
import struct

SEALED_BYTES = 80  # crypto_box_seal of a 32-byte content key


def parts(data, at=0):
    """LP(x) after LP(x): u32 length, bytes."""
    (size,) = struct.unpack_from("<I", data, at)
    return data[at + 4:at + 4 + size], at + 4 + size


def fields(message):
    """The length-delimited fields of a protobuf, as (number, bytes)."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = varint()
        if tag & 7 == 0:
            varint()
        elif tag & 7 == 1:
            at += 8
        elif tag & 7 == 5:
            at += 4
        else:
            size = varint()
            yield tag >> 3, message[at:at + size]
            at += size


def logs(export):
    """Every log of an export: its scope, its LogEntries, its SignedHead."""
    at = export.index(b"\n") + 1
    for _ in range(2):
        _, at = parts(export, at)
    while at < len(export):
        scope, at = parts(export, at)
        (count,) = struct.unpack_from("<Q", export, at)
        at += 8
        items = []
        for _ in range(count):
            entry, at = parts(export, at)
            at += 32
            items.append(entry)
        head, at = parts(export, at)
        yield scope, items, head


def entries(export):
    """Every LogEntry of every log."""
    return [entry for _, items, _ in logs(export) for entry in items]


def heads(export):
    """Of every log its end: entry hash and state digest, as digits."""
    ends = {}
    for scope, _, signed in logs(export):
        head = dict(fields(dict(fields(signed))[1]))
        ends[scope] = (head[3].hex(), head[4].hex())
    return ends


def wraps(export):
    """Every wrapped content key: of changesets (field 8), and of Share records."""
    found = set()
    for entry in entries(export):
        signed = dict(fields(entry))[1]
        changeset = dict(fields(signed))[1]
        for number, value in fields(changeset):
            if number == 8:
                found.add(dict(fields(value))[2])
            for start in range(len(value) - SEALED_BYTES + 1):  # a Share holds one as a field value
                if number == 7 and value[start - 2:start] == b"\x1a\x50":
                    found.add(value[start:start + SEALED_BYTES])
    return found


def candidate_seeds(files):
    """Every run of 32 bytes of every key file, raw and, of PEM files, decoded."""
    for path in files:
        data = path.read_bytes()
        texts = [data]
        for block in re.findall(rb"-----BEGIN [^-]+-----(.*?)-----END", data, re.S):
            texts.append(base64.b64decode(b"".join(block.split())))
        for text in texts:
            for start in range(max(0, len(text) - 31)):
                yield text[start:start + 32]


def count_opened(sealed, seeds):
    """How many of the sealed keys open with any of the seeds; and how many keys were tried."""
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    if sodium.sodium_init() < 0:
        raise RuntimeError("libsodium does not start")
    opened = tried = 0
    public, secret, out = (ctypes.create_string_buffer(32) for _ in range(3))
    for seed in seeds:
        for as_seed in (True, False):
            if as_seed:
                sodium.crypto_box_seed_keypair(public, secret, seed)
            else:
                secret.raw = seed
                if sodium.crypto_scalarmult_base(public, secret) != 0:
                    continue
            tried += 1
            for box in sealed:
                length = ctypes.c_ulonglong(len(box))
                opened += sodium.crypto_box_seal_open(out, box, length, public, secret) == 0
    return opened, tried
