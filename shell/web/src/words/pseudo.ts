// Longer, with accents and between brackets: what is cut off, put together from pieces, or was never
// in the catalogue stands out.
const ACCENTS: Record<string, string> = {
  a: "á", e: "é", i: "í", o: "ó", u: "ú", c: "ç", n: "ñ", s: "š", y: "ý", A: "Á", E: "É", O: "Ó",
};

export function pseudo<K extends string>(words: Record<K, string>): Record<K, string> {
  const disguised = {} as Record<K, string>;
  for (const key of Object.keys(words) as K[]) {
    const text = words[key]
      .split(/(\{\w+\})/)
      .map((part) => (part.startsWith("{") ? part : part.replace(/\w/g, (c) => ACCENTS[c] ?? c)))
      .join("");
    disguised[key] = `[${text} ${"~".repeat(Math.ceil(text.length / 5))}]`;
  }
  return disguised;
}
