"""The primitives behind the golden files, written from their specifications in plain Python 3.

Nothing here is shared with the C++ of this project: two programs that agree are the point. Slow,
not constant-time, for known answers alone. RFC 7693 (BLAKE2b) comes from hashlib; RFC 8032, 7748,
8439 and 9106, the XChaCha draft and the NaCl papers are followed below.
"""
import hashlib
import struct


def blake2b(data, size, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key).digest()


# ---- Ed25519 (RFC 8032)

P25519 = 2**255 - 19
ORDER25519 = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P25519) % P25519
SQRT_MINUS_ONE = pow(2, (P25519 - 1) // 4, P25519)


def edwards_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P25519) % P25519
    x = pow(square, (P25519 + 3) // 8, P25519)
    if (x * x - square) % P25519 != 0:
        x = x * SQRT_MINUS_ONE % P25519
    assert (x * x - square) % P25519 == 0
    return P25519 - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, -1, P25519) % P25519
BASE = (edwards_x(BASE_Y, 0), BASE_Y)


def edwards_add(a, b):
    (x1, y1), (x2, y2) = a, b
    cross = D * x1 * x2 * y1 * y2 % P25519
    x3 = (x1 * y2 + x2 * y1) * pow(1 + cross, -1, P25519) % P25519
    y3 = (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P25519) % P25519
    return (x3, y3)


def edwards_multiply(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = edwards_add(result, point)
        point = edwards_add(point, point)
        scalar >>= 1
    return result


def edwards_encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def clamp(scalar_bytes):
    scalar = int.from_bytes(scalar_bytes, "little")
    return scalar & ~7 & ~(1 << 255) | 1 << 254


def ed25519_public(seed):
    return edwards_encode(edwards_multiply(clamp(hashlib.sha512(seed).digest()[:32]), BASE))


def ed25519_sign(seed, message):
    digest = hashlib.sha512(seed).digest()
    scalar = clamp(digest[:32])
    public = edwards_encode(edwards_multiply(scalar, BASE))
    nonce = int.from_bytes(hashlib.sha512(digest[32:] + message).digest(), "little") % ORDER25519
    commitment = edwards_encode(edwards_multiply(nonce, BASE))
    challenge = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little")
    response = (nonce + challenge * scalar) % ORDER25519
    return commitment + response.to_bytes(32, "little")


# ---- X25519 (RFC 7748)


def x25519(scalar_bytes, u_bytes):
    scalar = clamp(scalar_bytes)
    u = int.from_bytes(u_bytes, "little") & (2**255 - 1)
    x2, z2, x3, z3 = 1, 0, u, 1
    swapped = 0
    for bit in range(254, -1, -1):
        current = scalar >> bit & 1
        if swapped ^ current:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swapped = current
        a, b = x2 + z2, x2 - z2
        aa, bb = a * a % P25519, b * b % P25519
        e = aa - bb
        da, cb = (x3 - z3) * a, (x3 + z3) * b
        x3, z3 = (da + cb) ** 2 % P25519, u * (da - cb) ** 2 % P25519
        x2, z2 = aa * bb % P25519, e * (aa + 121665 * e) % P25519
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, -1, P25519) % P25519).to_bytes(32, "little")


NINE = (9).to_bytes(32, "little")


def box_pair(seed):
    """crypto_box_seed_keypair: (public, secret)."""
    secret = hashlib.sha512(seed).digest()[:32]
    return x25519(secret, NINE), secret


# ---- Poly1305 (RFC 8439)

P1305 = 2**130 - 5


def poly1305_r(key):
    return int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF


def poly1305(key, message):
    r, total = poly1305_r(key), 0
    for at in range(0, len(message), 16):
        block = message[at:at + 16] + b"\x01"
        total = (total + int.from_bytes(block, "little")) * r % P1305
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


# ---- Salsa20, HSalsa20, XSalsa20-Poly1305

WORD = 0xFFFFFFFF
SIGMA = struct.unpack("<4I", b"expand 32-byte k")


def rotate(value, count):
    return (value << count | value >> 32 - count) & WORD


def salsa_rounds(state):
    x = list(state)

    def quarter(a, b, c, d):
        x[b] ^= rotate((x[a] + x[d]) & WORD, 7)
        x[c] ^= rotate((x[b] + x[a]) & WORD, 9)
        x[d] ^= rotate((x[c] + x[b]) & WORD, 13)
        x[a] ^= rotate((x[d] + x[c]) & WORD, 18)

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(5, 9, 13, 1), quarter(10, 14, 2, 6), quarter(15, 3, 7, 11)
        quarter(0, 1, 2, 3), quarter(5, 6, 7, 4), quarter(10, 11, 8, 9), quarter(15, 12, 13, 14)
    return x


def salsa_state(key, tail):
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", tail)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, SIGMA[2], *k[4:], SIGMA[3]]


def hsalsa20(key, nonce16):
    x = salsa_rounds(salsa_state(key, nonce16))
    return struct.pack("<8I", x[0], x[5], x[10], x[15], x[6], x[7], x[8], x[9])


def xsalsa20(key, nonce24, size):
    subkey, stream, counter = hsalsa20(key, nonce24[:16]), b"", 0
    while len(stream) < size:
        state = salsa_state(subkey, nonce24[16:] + struct.pack("<Q", counter))
        mixed = salsa_rounds(state)
        stream += struct.pack("<16I", *((a + b) & WORD for a, b in zip(state, mixed)))
        counter += 1
    return stream[:size]


def xor(a, b):
    assert len(a) == len(b)
    return bytes(x ^ y for x, y in zip(a, b))


def secretbox(key, nonce24, message):
    stream = xsalsa20(key, nonce24, 32 + len(message))
    ciphertext = xor(message, stream[32:])
    return poly1305(stream[:32], ciphertext) + ciphertext


def sealed_box(recipient, message, ephemeral_seed):
    """crypto_box_seal with its ephemeral pair made from a seed."""
    public, secret = box_pair(ephemeral_seed)
    nonce = blake2b(public + recipient, 24)
    shared = hsalsa20(x25519(secret, recipient), bytes(16))
    return public + secretbox(shared, nonce, message)


# ---- ChaCha20, HChaCha20, XChaCha20-Poly1305


def chacha_rounds(state):
    x = list(state)

    def quarter(a, b, c, d):
        for other, count in ((d, 16), (b, 12), (d, 8), (b, 7)):
            base, add = (a, b) if other == d else (c, d)
            x[base] = (x[base] + x[add]) & WORD
            x[other] = rotate(x[other] ^ x[base], count)

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(1, 5, 9, 13), quarter(2, 6, 10, 14), quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15), quarter(1, 6, 11, 12), quarter(2, 7, 8, 13), quarter(3, 4, 9, 14)
    return x


def hchacha20(key, nonce16):
    x = chacha_rounds([*SIGMA, *struct.unpack("<8I", key), *struct.unpack("<4I", nonce16)])
    return struct.pack("<8I", *x[:4], *x[12:])


def chacha20(key, nonce12, counter, size):
    stream = b""
    while len(stream) < size:
        state = [*SIGMA, *struct.unpack("<8I", key), counter, *struct.unpack("<3I", nonce12)]
        mixed = chacha_rounds(state)
        stream += struct.pack("<16I", *((a + b) & WORD for a, b in zip(state, mixed)))
        counter += 1
    return stream[:size]


def xchacha_keys(key, nonce24, size):
    """(Poly1305 key, key stream) of XChaCha20-Poly1305."""
    subkey, nonce = hchacha20(key, nonce24[:16]), bytes(4) + nonce24[16:]
    return chacha20(subkey, nonce, 0, 32), chacha20(subkey, nonce, 1, size)


def zeros_to_16(data):
    return bytes(-len(data) % 16)


def aead_mac_data(aad, ciphertext):
    return (aad + zeros_to_16(aad) + ciphertext + zeros_to_16(ciphertext) +
            struct.pack("<QQ", len(aad), len(ciphertext)))


def aead_seal(key, nonce24, aad, message):
    mac_key, stream = xchacha_keys(key, nonce24, len(message))
    ciphertext = xor(message, stream)
    return ciphertext + poly1305(mac_key, aead_mac_data(aad, ciphertext))


# ---- Argon2id 1.3, one lane (RFC 9106)


def secret_stream(key, header, pieces):
    """The messages of one stream; pieces are (message, additional data, tag)."""
    subkey, counter, tail = hchacha20(key, header[:16]), 1, header[16:]
    sealed = []
    for message, aad, tag in pieces:
        nonce = struct.pack("<I", counter) + tail
        mac_key = chacha20(subkey, nonce, 0, 32)
        block = xor(bytes([tag]) + bytes(63), chacha20(subkey, nonce, 1, 64))
        ciphertext = xor(message, chacha20(subkey, nonce, 2, len(message)))
        # The padding counts the other way round than in the AEAD; it has been so from the start.
        mac = poly1305(mac_key, aad + zeros_to_16(aad) + block + ciphertext +
                       bytes(len(message) % 16) + struct.pack("<QQ", len(aad), 64 + len(message)))
        sealed.append(block[:1] + ciphertext + mac)
        tail = xor(tail, mac[:8])
        counter += 1
    return sealed


def argon_hash(data, size):
    data = struct.pack("<I", size) + data
    if size <= 64:
        return blake2b(data, size)
    out, block = b"", blake2b(data, 64)
    while size - len(out) > 64:
        out += block[:32]
        left = size - len(out)
        block = blake2b(block, 64 if left > 64 else left)
    return out + block


def argon_permute(v):
    mask = 2**64 - 1

    def mix(a, b, c, d):
        for target, count in ((d, 32), (b, 24), (d, 16), (b, 63)):
            base, add = (a, b) if target == d else (c, d)
            v[base] = (v[base] + v[add] + 2 * (v[base] & WORD) * (v[add] & WORD)) & mask
            turned = v[target] ^ v[base]
            v[target] = (turned >> count | turned << 64 - count) & mask

    mix(0, 4, 8, 12), mix(1, 5, 9, 13), mix(2, 6, 10, 14), mix(3, 7, 11, 15)
    mix(0, 5, 10, 15), mix(1, 6, 11, 12), mix(2, 7, 8, 13), mix(3, 4, 9, 14)
    return v


def argon_compress(x, y):
    r = [a ^ b for a, b in zip(x, y)]
    z = list(r)
    for row in range(8):
        z[16 * row:16 * row + 16] = argon_permute(z[16 * row:16 * row + 16])
    for column in range(8):
        places = [16 * row + 2 * column + half for row in range(8) for half in (0, 1)]
        for place, word in zip(places, argon_permute([z[p] for p in places])):
            z[place] = word
    return [a ^ b for a, b in zip(r, z)]


def argon2id(password, salt, passes, memory_kib, size):
    blocks = memory_kib // 4 * 4
    segment = blocks // 4
    start = struct.pack("<6I", 1, size, memory_kib, passes, 0x13, 2)
    for part in (password, salt, b"", b""):
        start += struct.pack("<I", len(part)) + part
    start = blake2b(start, 64)
    memory = [None] * blocks
    for i in (0, 1):
        memory[i] = list(struct.unpack("<128Q", argon_hash(start + struct.pack("<II", i, 0), 1024)))
    zero = [0] * 128
    for turn in range(passes):
        for piece in range(4):
            independent = turn == 0 and piece < 2
            addresses, counter = None, 0
            for index in range(segment):
                if independent and index % 128 == 0:
                    counter += 1
                    known = [turn, 0, piece, blocks, passes, 2, counter] + [0] * 121
                    addresses = argon_compress(zero, argon_compress(zero, known))
                at = piece * segment + index
                if turn == 0 and at < 2:
                    continue
                before = memory[at - 1]
                chosen = (addresses[index % 128] if independent else before[0]) & WORD
                area = at - 1 if turn == 0 else blocks - segment + index - 1
                offset = area - 1 - (area * (chosen * chosen >> 32) >> 32)
                begin = 0 if turn == 0 or piece == 3 else (piece + 1) * segment
                mixed = argon_compress(before, memory[(begin + offset) % blocks])
                if turn > 0:
                    mixed = [a ^ b for a, b in zip(mixed, memory[at])]
                memory[at] = mixed
    return argon_hash(struct.pack("<128Q", *memory[-1]), size)


# ---- P-256: the public point of a scalar

P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_BASE = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
             0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def p256_add(a, b):
    if a is None or b is None:
        return a or b
    (x1, y1), (x2, y2) = a, b
    if x1 == x2 and (y1 + y2) % P256 == 0:
        return None
    if a == b:
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, P256)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P256)
    x3 = (slope * slope - x1 - x2) % P256
    return (x3, (slope * (x1 - x3) - y1) % P256)


def p256_public(scalar_bytes):
    """Uncompressed: 04 x y."""
    scalar, result, point = int.from_bytes(scalar_bytes, "big"), None, P256_BASE
    while scalar:
        if scalar & 1:
            result = p256_add(result, point)
        point = p256_add(point, point)
        scalar >>= 1
    return b"\x04" + result[0].to_bytes(32, "big") + result[1].to_bytes(32, "big")


# ---- answers published with the specifications


def check_published_answers():
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert ed25519_public(seed).hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert ed25519_sign(seed, b"").hex().startswith("e5564300c360ac729086e2cc806e828a")
    assert x25519(
        bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
        bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
    ).hex() == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    assert poly1305(
        bytes.fromhex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b"),
        b"Cryptographic Forum Research Group").hex() == "a8061dc1305136c6c22b8baf0c0127a9"
    assert hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927")).hex() == (
        "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc")
    sunscreen = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
                 b"the future, sunscreen would be it.")
    assert aead_seal(bytes(range(0x80, 0xA0)), bytes(range(0x40, 0x58)),
                     bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
                     sunscreen)[-16:].hex() == "c0875924c1c7987947deafd8780acf49"
