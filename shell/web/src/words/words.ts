// Every word that pages say comes from a catalogue by its key. A language is one file; a key that a
// file lacks is said in English. Which language: the browser's.
import { en } from "./en";
import { pseudo } from "./pseudo";

export type Key = keyof typeof en;
type Catalogue = Partial<Record<Key, string>>;

// "en-XA" is no language: every word is disguised, so that one which came past the catalogue is seen.
const LANGUAGES: Record<string, Catalogue> = { en, "en-XA": pseudo(en) };

export const language = navigator.language in LANGUAGES ? navigator.language : "en";
const catalogue: Catalogue = LANGUAGES[language] ?? en;
// Dates and plurals are British English, or the language's own.
export const locale = language.startsWith("en") ? "en-GB" : language;

const plural = new Intl.PluralRules(locale);

export function say(key: Key, given: Record<string, string | number> = {}): string {
  const text = catalogue[key] ?? en[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
}

// `key.one` or `key.other`, by the number, which the text calls {n}.
export function count(key: PluralKey, n: number, given: Record<string, string | number> = {}): string {
  const form = plural.select(n) === "one" ? "one" : "other";
  return say(`${key}.${form}` as Key, { n, ...given });
}
type PluralKey = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

// A code of the schema in words: as the catalogue has it, or the code itself made readable.
export function code(list: string, value: string | undefined): string {
  if (value === undefined) return "";
  const key = `code.${list}.${value}`;
  if (key in en) return say(key as Key);
  const text = value.toLowerCase().replaceAll("_", " ");
  return language === "en-XA" ? `[${text}]` : text.charAt(0).toUpperCase() + text.slice(1);
}
