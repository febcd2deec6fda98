// Writing something down: committed on this device first, then off to the office as soon as it answers.
import type { Committed } from "../../gen/doorstep/v1/client_pb";
import { Verdict } from "../../gen/doorstep/v1/change_pb";
import type { Id } from "./bytes";
import type { Change } from "./change";
import { commit, resolve } from "./core";
import { meetSoon } from "./contact";

// What the person is told on the next screen: that it is kept, and what the office is expected to say.
export interface Saved {
  committed?: Committed;
  heldBecause?: string;
}

function saved(committed: Committed): Saved {
  meetSoon();
  return committed.expected === Verdict.HELD
    ? { committed, heldBecause: committed.words }
    : { committed };
}

export async function save(change: Change): Promise<Saved> {
  return change.empty ? {} : saved(await commit(change.edits));
}

export async function settle(item: Id, change: Change): Promise<Saved> {
  return saved(await resolve(item, change.edits));
}
