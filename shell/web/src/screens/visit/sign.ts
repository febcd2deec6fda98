// Signing: the words first, then the command, as two changesets, so that a refused command never holds
// back a sentence.
import { Change } from "../../core/change";
import { save } from "../../core/save";
import type { Saved } from "../../core/save";
import { fromField, today } from "../../words/times";
import { say } from "../../words/words";
import type { VisitDraft, Writing } from "./visit_draft";
import { met } from "./visit_draft";

// What is missing, by the step that asks for it.
export function missing(of: Writing): { step: string; text: string }[] {
  const { draft, story } = of;
  const found: { step: string; text: string }[] = [];
  if (draft.outcome === "") found.push({ step: "there", text: say("visit.missing.outcome") });
  if (fromField(draft.started) === undefined) found.push({ step: "there", text: say("visit.missing.started") });
  if (!met(draft)) return found;
  const ended = fromField(draft.ended);
  if (ended === undefined) found.push({ step: "there", text: say("visit.missing.ended") });
  else if (ended < (fromField(draft.started) ?? "")) {
    found.push({ step: "there", text: say("visit.missing.order") });
  }
  for (const child of story.children) {
    if ((draft.children[child.id]?.seen ?? "") === "") {
      found.push({ step: "children", text: say("visit.missing.child", { name: story.given(child.id) }) });
    }
  }
  if (draft.account.trim() === "") found.push({ step: "account", text: say("visit.missing.account") });
  return found;
}

function words(of: Writing, user: string): Change {
  const { draft, story, visit } = of;
  const before = visit?.values ?? {};
  const change = new Change(story.scope);
  const record = change.record("Visit", draft.visit);
  if (visit === undefined) {
    record.set("episode", story.episode?.id).set("worker", user).set("state", "UNDER_WAY");
  }
  const happened = met(draft);
  record
    .update("kind", draft.purpose, before.kind)
    .update("place", draft.place, before.place)
    .setAll("present", happened ? draft.present : [], before.present ?? [])
    .update("others_present", draft.others, before.others_present)
    .update("account", draft.account, before.account)
    .update("work_done", draft.work, before.work_done)
    .update("words_of_adults", draft.adults, before.words_of_adults)
    .update("meaning", draft.meaning, before.meaning)
    .setAll("goals", draft.goals, before.goals ?? [])
    .update("started_at", fromField(draft.started), before.started_at)
    .update("next_visit_at", fromField(draft.nextAt), before.next_visit_at);
  if (happened) addChildren(change, of);
  addScores(change, of);
  const next = fromField(draft.nextAt);
  if (next !== undefined && story.get("Visit", draft.nextVisit) === undefined) {
    change
      .record("Visit", draft.nextVisit)
      .set("episode", story.episode?.id)
      .set("worker", user)
      .set("state", "PLANNED")
      .set("planned_at", next)
      .set("kind", "SUPPORT")
      .set("place", draft.nextPlace);
  }
  return change;
}

function addChildren(change: Change, of: Writing): void {
  for (const child of of.story.children) {
    const said = of.draft.children[child.id];
    if (said === undefined || said.seen === "") continue;
    const there = of.story.get("ChildSeen", said.record);
    const before = there?.values ?? {};
    const record = change.record("ChildSeen", said.record);
    if (there === undefined) record.set("visit", of.draft.visit).set("person", child.id);
    const seen = said.seen === "yes";
    record
      .update("seen", seen, before.seen)
      .update("seen_alone", seen && said.alone !== "" ? said.alone === "yes" : undefined, before.seen_alone)
      .update("not_alone_reason", seen && said.alone === "no" ? said.reason : undefined, before.not_alone_reason)
      .update("how_heard", seen ? said.heard : undefined, before.how_heard)
      .update("words", seen ? said.words : undefined, before.words);
  }
}

// A score speaks of a need: a goal without one has none.
function addScores(change: Change, of: Writing): void {
  for (const [goalId, given] of Object.entries(of.draft.scores)) {
    const goal = of.story.get("Goal", goalId);
    const need = goal?.values.needs?.[0];
    if (given.score === "" || need === undefined || of.story.any(given.record) !== undefined) continue;
    change
      .record("OutcomeScore", given.record)
      .set("episode", of.story.episode?.id)
      .set("need", need)
      .set("goal", goalId)
      .set("score", Number(given.score))
      .set("by", "WORKER")
      .set("scored_on", today());
  }
}

function command(draft: VisitDraft): Change {
  const change = new Change(draft.scope);
  change
    .record("Visit", draft.visit)
    .set("state", "RECORDED")
    .set("outcome", draft.outcome)
    .set("ended_at", met(draft) ? fromField(draft.ended) : undefined);
  return change.ends(draft.visit);
}

export async function sign(of: Writing, user: string): Promise<Saved[]> {
  return [await save(words(of, user)), await save(command(of.draft))];
}
