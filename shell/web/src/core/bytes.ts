// Ids as hexadecimal text, which is how JSON of the core and addresses of pages name them.
export type Id = string;
export type Bytes = Uint8Array<ArrayBuffer>;

export function hex(bytes: Uint8Array): Id {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(id: Id): Bytes {
  const bytes = new Uint8Array(id.length / 2);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = Number.parseInt(id.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function littleEndian(value: number): Bytes {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}
