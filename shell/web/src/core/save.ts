// Writing something down: committed on this device first, then off to the office as soon as it answers.
import type { Committed } from "../../gen/doorstep/v1/client_pb";
import { Verdict } from "../../gen/doorstep/v1/change_pb";
import type { Id } from "./bytes";
import type { Change } from "./change";
import { Code, CoreError } from "./call";
import { check, commit, resolve } from "./core";
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

// A value that the core does not take, with its sentence for each field. Nothing was stored.
export class Refused extends Error {
  constructor(readonly entries: { field: string; words: string }[]) {
    super("a value is refused");
  }
}

export async function save(change: Change): Promise<Saved> {
  if (change.empty) return {};
  try {
    return saved(await commit(change.edits));
  } catch (error) {
    if (!(error instanceof CoreError) || error.status !== Code.InvalidArgument) throw error;
    const { entries } = await check(change.edits).catch(() => {
      throw error;
    });
    const refused = entries.filter((each) => each.refused);
    if (refused.length === 0) throw error;
    throw new Refused(refused.map((each) => ({ field: each.fieldName, words: each.words })));
  }
}

export async function settle(item: Id, change: Change): Promise<Saved> {
  return saved(await resolve(item, change.edits));
}
