// What a supervisor has to look at, as the core computes it: list by list in the order of urgency, one
// line an item, and where the next step is taken.
import type { WorkItem, WorklistCounts } from "../../../gen/doorstep/v1/client_pb";
import { AttentionItem_Kind as Kind, WorkItem_List as List } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { ask, attention } from "../../core/core";
import { to } from "../../routes";

export interface Line {
  item: WorkItem;
  href: string;
}

export interface Worklist {
  counts: WorklistCounts | undefined;
  lines: Line[];
}

const none = new Uint8Array();

function id(bytes: Uint8Array | undefined): Id {
  return hex(bytes ?? none);
}

// Where the next step is taken. What waits for a decision or a settlement is found in the attention by
// the changeset, or by the cell, that it is about.
function href(item: WorkItem, waiting: Awaited<ReturnType<typeof attention>>["items"]): string {
  const scope = id(item.scope);
  const record = id(item.record?.id);
  switch (item.list) {
    case List.CONCERNS:
      return to.concernCall(scope, record);
    case List.PLANS:
      return to.decide(scope);
    case List.HELD_AND_AT_ODDS: {
      const found = waiting.find((each) =>
        item.uid.length > 0
          ? each.kind === Kind.HELD_TO_DECIDE && id(each.uid) === id(item.uid)
          : each.kind === Kind.CONTESTED && id(each.record?.id) === record && each.field?.name === item.field,
      );
      if (found === undefined) return to.waiting();
      return item.uid.length > 0 ? to.held(id(found.id)) : to.conflict(id(found.id));
    }
    case List.PEOPLE_AND_DEVICES:
      return to.devices();
    default:
      return scope === "" ? to.waiting() : to.family(scope);
  }
}

export async function worklist(): Promise<Worklist> {
  const [answers, waiting] = await Promise.all([ask({ case: "worklist", value: {} }), attention()]);
  let counts: WorklistCounts | undefined;
  const lines: Line[] = [];
  for (const { kind } of answers) {
    if (kind.case === "worklist") counts = kind.value;
    if (kind.case === "work") lines.push({ item: kind.value, href: href(kind.value, waiting.items) });
  }
  return { counts, lines };
}
