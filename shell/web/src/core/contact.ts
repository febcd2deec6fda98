// When this device meets the office: after something was written, once a minute while the page is
// open, when the network returns, and when somebody asks. The core decides what a contact does. Who
// asks while one runs may have written, or waits for, what it is too late for: it is followed by
// another at once.
import { Code, CoreError } from "./call";
import { status, sync } from "./core";

export interface Contact {
  running: boolean;
  failed?: unknown;
  alarms: string[];
}

let now: Contact = { running: false, alarms: [] };
let timer: ReturnType<typeof setTimeout> | undefined;
let askedMeanwhile = false;
const listeners = new Set<() => void>();

const EVERY_MS = 60_000;
const AFTER_WRITING_MS = 1_000;
// A contact may leave something to hand in: what it learnt can ask this device for keys, or a receipt.
const IN_A_ROW_MAX = 5;
let inARow = 0;

function become(next: Contact): void {
  now = next;
  for (const each of listeners) each();
}

export function contact(): Contact {
  return now;
}

export function onContact(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export async function meet(): Promise<void> {
  if (now.running) {
    askedMeanwhile = true;
    return;
  }
  askedMeanwhile = false;
  clearTimeout(timer);
  become({ ...now, running: true });
  try {
    const report = await sync();
    become({ running: false, alarms: report.alarms });
    const { unsent } = await status();
    if (askedMeanwhile) {
      again(0);
      return;
    }
    if (unsent > 0 && ++inARow < IN_A_ROW_MAX) {
      again(AFTER_WRITING_MS);
      return;
    }
  } catch (failed) {
    const elsewhere = failed instanceof CoreError && failed.status === Code.FailedPrecondition;
    become({ running: false, alarms: now.alarms, ...(elsewhere ? {} : { failed }) });
  }
  inARow = 0;
  again(EVERY_MS);
}

function again(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void meet(), ms);
}

export function meetSoon(): void {
  again(AFTER_WRITING_MS);
}

export function rest(): void {
  clearTimeout(timer);
}

addEventListener("online", () => void meet());
