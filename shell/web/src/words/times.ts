// Dates and times for people, in the device's own time zone.
import { count, locale, say } from "./words";

const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const SHORT_DAY = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" });
const CLOCK = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", hour12: true });

export function today(): string {
  return localDate(new Date());
}

export function localDate(date: Date): string {
  const month = String(date.getMonth() + 1).padStart(2, "0");
  return `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, "0")}`;
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00`);
  date.setDate(date.getDate() + days);
  return localDate(date);
}

export function daysBetween(from: string, until: string): number {
  return Math.round((Date.parse(`${until}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / 86_400_000);
}

// "2026-11-25"
export function day(date: string | undefined): string {
  return date === undefined ? "" : DAY.format(new Date(`${date}T12:00`));
}

// "2026-11-25T14:05:00.000Z", or milliseconds.
export function instant(at: string | number | undefined): string {
  if (at === undefined) return "";
  const date = new Date(at);
  return say("time.day_and_clock", { day: SHORT_DAY.format(date), clock: CLOCK.format(date) });
}

export function clock(at: string): string {
  return CLOCK.format(new Date(at));
}

// What a field of the browser takes: local time, to the minute.
export function toField(at: Date): string {
  return `${localDate(at)}T${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

export function fromField(text: string): string | undefined {
  const at = text === "" ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

// "3 hours"
export function age(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return count("time.minutes", minutes);
  if (minutes < 48 * 60) return count("time.hours", Math.round(minutes / 60));
  return count("time.days", Math.round(minutes / 1440));
}

export function years(birth: string, at = today()): number {
  const whole = Number(at.slice(0, 4)) - Number(birth.slice(0, 4));
  return at.slice(5) < birth.slice(5) ? whole - 1 : whole;
}
