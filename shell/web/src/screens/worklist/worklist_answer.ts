// What a supervisor has to look at, list by list in the order of urgency. One line an item: whose, since
// when, and where the next step is taken.
import { AttentionItem_Kind as Kind } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { attention, records } from "../../core/core";
import { familyNames } from "../../core/families";
import { planAnswer } from "../../core/plans";
import { staff } from "../../core/staff";
import { to } from "../../routes";
import { addDays, day, daysBetween, instant, today } from "../../words/times";
import type { Key } from "../../words/words";
import { code, count, say } from "../../words/words";

export interface Line {
  family: string;
  scope: Id;
  who: string;
  what: string;
  since: string;
  late: string;
  href: string;
  sort: string; // ascending
}

export interface List {
  title: Key;
  lines: Line[];
}

const WRITE_UP_DAYS = 2;
const OVERSIGHT_DAYS = 42;
const LEVELS = ["IMMEDIATE_DANGER", "SAME_DAY", "ADVICE"];

export async function worklist(): Promise<List[]> {
  const [names, people, concerns, calls, visits, plans, referrals, oversights, actions, progress, waiting] =
    await Promise.all([
      familyNames(),
      staff(),
      records("Concern"),
      records("ConcernCall"),
      records("Visit"),
      records("Plan"),
      records("Referral"),
      records("ManagementOversight"),
      records("Action"),
      records("ActionProgress"),
      attention(),
    ]);
  const now = new Date().toISOString();
  const base = (scope: Id) => ({ scope, family: names.get(scope) ?? "", who: "", late: "" });
  const worker = (id: Id | undefined) => people.get(id ?? "")?.values.name ?? "";

  const called = new Set(calls.filter((each) => each.values.answered).map((each) => each.values.concern));
  const raised = concerns
    .filter((each) => each.values.state === "RAISED")
    .map((each) => ({
      ...base(each.scope),
      who: each.view.madeByName,
      what: `${code("Concern.level", each.values.level)} · ${code("Concern.kind", each.values.kind)}`,
      since: instant(each.values.noticed_at),
      late: called.has(each.id) ? "" : say("worklist.no_call"),
      href: to.concernCall(each.scope, each.id),
      sort: `${LEVELS.indexOf(each.values.level ?? "")}${each.values.noticed_at}`,
    }));

  const checkOuts = visits
    .filter(
      (each) =>
        each.values.state === "UNDER_WAY" &&
        each.values.checked_out_at === undefined &&
        (each.values.expected_end_at ?? "9") < now,
    )
    .map((each) => ({
      ...base(each.scope),
      who: worker(each.values.worker),
      what: say("worklist.no_check_out"),
      since: instant(each.values.expected_end_at),
      href: to.family(each.scope),
      sort: each.values.expected_end_at ?? "",
    }));

  const atOdds = waiting.items
    .filter((each) => each.kind === Kind.CONTESTED || each.kind === Kind.HELD_TO_DECIDE)
    .map((each) => ({
      ...base(hex(each.scope)),
      who: each.actorName,
      what: each.words,
      since: "",
      href: each.kind === Kind.CONTESTED ? to.conflict(hex(each.id)) : to.held(hex(each.id)),
      sort: each.kind === Kind.HELD_TO_DECIDE ? "0" : "1",
    }));

  const toDecide: Line[] = [];
  for (const plan of plans) {
    const answer = await planAnswer(plan.id);
    if (answer === undefined) continue;
    if (!answer.decisionsAtOdds && !["SUBMITTED", "CHANGED_SINCE_APPROVAL"].includes(answer.status)) continue;
    toDecide.push({
      ...base(plan.scope),
      who: plan.view.madeByName,
      what: code("PlanStatus", answer.status),
      since: "",
      late: answer.decisionsAtOdds ? say("plan.at_odds") : "",
      href: to.decide(plan.scope),
      sort: answer.decisionsAtOdds ? "0" : answer.status === "SUBMITTED" ? "1" : "2",
    });
  }

  const coming = referrals
    .filter((each) => ["RECEIVED", "SCREENING"].includes(each.values.state ?? ""))
    .map((each) => ({
      ...base(each.scope),
      who: each.values.referrer ?? "",
      what: code("Referral.state", each.values.state),
      since: day(each.values.received_on),
      href: to.family(each.scope),
      sort: each.values.received_on ?? "",
    }));

  const done = new Set(
    progress.filter((each) => ["DONE", "NOT_DONE"].includes(each.values.state ?? "")).map((each) => each.values.action),
  );
  const overdue = actions
    .filter((each) => each.values.state === "ACTIVE" && (each.values.due_on ?? "9") < today() && !done.has(each.id))
    .map((each) => ({
      ...base(each.scope),
      who: worker(each.values.owner_staff),
      what: each.values.wording ?? "",
      since: day(each.values.due_on),
      late: count("overdue", daysBetween(each.values.due_on ?? today(), today())),
      href: to.plan(each.scope),
      sort: each.values.due_on ?? "",
    }));
  for (const [scope, family] of names) {
    const last = oversights
      .filter((each) => each.scope === scope)
      .map((each) => each.values.written_on ?? "")
      .sort()
      .at(-1);
    if (last !== undefined && last >= addDays(today(), -OVERSIGHT_DAYS)) continue;
    overdue.push({
      ...base(scope),
      family,
      what: say("worklist.no_oversight"),
      since: last === undefined ? say("worklist.never") : day(last),
      href: to.oversight(scope),
      sort: last ?? "0",
    });
  }

  const unwritten = visits
    .filter(
      (each) =>
        ["PLANNED", "UNDER_WAY"].includes(each.values.state ?? "") &&
        (each.values.ended_at ?? each.values.planned_at ?? "9").slice(0, 10) < addDays(today(), -WRITE_UP_DAYS),
    )
    .map((each) => ({
      ...base(each.scope),
      who: worker(each.values.worker),
      what: say("worklist.unwritten"),
      since: instant(each.values.ended_at ?? each.values.planned_at),
      href: to.family(each.scope),
      sort: each.values.ended_at ?? each.values.planned_at ?? "",
    }));

  const devices = waiting.items
    .filter((each) => each.kind === Kind.DEVICE_TO_APPROVE || each.kind === Kind.ROLE_TO_APPROVE)
    .map((each) => ({
      ...base(""),
      who: each.actorName,
      what: each.words,
      since: "",
      href: to.devices(),
      sort: "",
    }));

  const lists: List[] = [
    { title: "worklist.concerns", lines: raised },
    { title: "worklist.check_outs", lines: checkOuts },
    { title: "worklist.at_odds", lines: atOdds },
    { title: "worklist.plans", lines: toDecide },
    { title: "worklist.referrals", lines: coming },
    { title: "worklist.overdue", lines: overdue },
    { title: "worklist.late", lines: unwritten },
    { title: "worklist.devices", lines: devices },
  ];
  for (const list of lists) list.lines.sort((a, b) => a.sort.localeCompare(b.sort));
  return lists;
}
