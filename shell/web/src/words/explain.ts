// An error as a sentence: what happened, what was kept, what to do.
import { CoreError, HostError } from "../core/call";
import { Refused } from "../core/save";
import { ChangedMeanwhile } from "../core/plans";
import type { Key } from "./words";
import { code, say } from "./words";
import { en } from "./en";

export function explain(error: unknown): string {
  if (error instanceof HostError) return say("error.host");
  if (error instanceof ChangedMeanwhile) return say("error.changed");
  if (error instanceof Refused) {
    return error.entries.map((each) => `${code("field", each.field.toUpperCase())}: ${each.words}`).join(" ");
  }
  if (error instanceof CoreError) {
    const byReason = `error.reason.${error.reason}`;
    if (byReason in en) return say(byReason as Key);
    return say("error.core", { status: error.status, reason: error.reason });
  }
  return say("error.page");
}
