// What the first screen of a worker needs to know, asked of the core in one go.
import type { Id } from "../../core/bytes";
import { records } from "../../core/core";
import type { Kept } from "../../core/drafts";
import { drafts } from "../../core/drafts";
import { familyNames } from "../../core/families";
import type { Rec } from "../../core/records";
import { Safety } from "../../../gen/doorstep/v1/client_pb";
import { addDays, localDate, today } from "../../words/times";

export interface TodayAnswer {
  names: Map<Id, string>;
  drafts: Kept[];
  concerns: Rec<"Concern">[]; // mine, not yet received
  now: Rec<"Visit">[]; // today's, and whatever is still to be written
  later: Rec<"Visit">[]; // within a fortnight
  actions: Rec<"Action">[]; // mine, due within a week and not done
}

const DAYS_OF_ACTIONS = 7;
const DAYS_OF_VISITS = 14;

export async function todayAnswer(me: Id): Promise<TodayAnswer> {
  const mine = [{ name: "worker", json: JSON.stringify(me) }];
  const [names, kept, visits, concerns, actions, progress] = await Promise.all([
    familyNames(),
    drafts(),
    records("Visit", undefined, mine),
    records("Concern"),
    records("Action", undefined, [{ name: "owner_staff", json: JSON.stringify(me) }]),
    records("ActionProgress"),
  ]);
  const day = today();
  const dayOf = (visit: Rec<"Visit">) => {
    const at = visit.values.planned_at ?? visit.values.started_at;
    return at === undefined ? day : localDate(new Date(at));
  };
  const open = visits
    .filter((each) => each.values.state === "PLANNED" || each.values.state === "UNDER_WAY")
    .sort((a, b) => (a.values.planned_at ?? "").localeCompare(b.values.planned_at ?? ""));
  const done = new Set(
    progress.filter((each) => ["DONE", "NOT_DONE"].includes(each.values.state ?? "")).map((each) => each.values.action),
  );
  const until = addDays(day, DAYS_OF_ACTIONS);
  return {
    names,
    drafts: kept,
    concerns: concerns.filter((each) => each.view.safety === Safety.SAVED_ON_THIS_DEVICE),
    now: open.filter((each) => dayOf(each) <= day),
    later: open.filter((each) => dayOf(each) > day && dayOf(each) <= addDays(day, DAYS_OF_VISITS)),
    actions: actions
      .filter(
        (each) =>
          each.values.state === "ACTIVE" && (each.values.due_on ?? day) <= until && !done.has(each.id),
      )
      .sort((a, b) => (a.values.due_on ?? "").localeCompare(b.values.due_on ?? "")),
  };
}
