// A visit as it is being written: kept by the core at every pause, until it is signed. Its id is the
// visit's, so that there is one, on whatever screen it is taken up again. The ids of what signing will
// make are chosen here: signing once more after a kill writes the same records, not others beside them.
import type { Id } from "../../core/bytes";
import { newId } from "../../core/core";
import type { Draft } from "../../core/drafts";
import { getDraft } from "../../core/drafts";
import type { Rec } from "../../core/records";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { toField } from "../../words/times";

export interface ChildDraft {
  record: Id;
  seen: string; // "yes", "no" or not said
  alone: string;
  reason: string;
  heard: string;
  words: string;
}

export interface ScoreDraft {
  record: Id;
  score: string;
}

export interface VisitDraft extends Draft {
  kind: "visit";
  visit: Id;
  outcome: string;
  purpose: string; // Visit.kind
  place: string;
  started: string;
  ended: string;
  present: Id[];
  others: string;
  children: Record<Id, ChildDraft>;
  account: string;
  work: string;
  adults: string;
  meaning: string;
  goals: Id[];
  scores: Record<Id, ScoreDraft>;
  nextVisit: Id;
  nextAt: string;
  nextPlace: string;
}

export interface Writing {
  story: Story;
  draft: VisitDraft;
  visit: Rec<"Visit"> | undefined; // not there before a new one is signed or started
}

function localField(at: string | undefined): string {
  return at === undefined ? "" : toField(new Date(at));
}

async function begun(family: Story, id: Id): Promise<VisitDraft> {
  const visit = family.get("Visit", id);
  const values = visit?.values ?? {};
  const children: Record<Id, ChildDraft> = {};
  for (const child of family.children) {
    const before = family
      .of("ChildSeen")
      .find((each) => each.values.visit === id && each.values.person === child.id);
    children[child.id] = {
      record: before?.id ?? (await newId()),
      seen: before?.values.seen === undefined ? "" : before.values.seen ? "yes" : "no",
      alone: before?.values.seen_alone === undefined ? "" : before.values.seen_alone ? "yes" : "no",
      reason: before?.values.not_alone_reason ?? "",
      heard: before?.values.how_heard ?? "",
      words: before?.values.words ?? "",
    };
  }
  const scores: Record<Id, ScoreDraft> = {};
  for (const goal of family.of("Goal")) scores[goal.id] = { record: await newId(), score: "" };
  return {
    kind: "visit",
    scope: family.scope,
    visit: id,
    outcome: values.outcome ?? "",
    purpose: values.kind ?? "SUPPORT",
    place: values.place ?? "HOME",
    started: localField(values.started_at ?? values.planned_at) || toField(new Date()),
    ended: localField(values.ended_at),
    present: values.present ?? [],
    others: values.others_present ?? "",
    children,
    account: values.account ?? "",
    work: values.work_done ?? "",
    adults: values.words_of_adults ?? "",
    meaning: values.meaning ?? "",
    goals: values.goals ?? [],
    scores,
    nextVisit: await newId(),
    nextAt: localField(values.next_visit_at),
    nextPlace: "HOME",
  };
}

export async function writing(scope: Id, id: Id): Promise<Writing> {
  const [family, kept] = await Promise.all([story(scope), getDraft<VisitDraft>(id, "visit")]);
  return { story: family, draft: kept ?? (await begun(family, id)), visit: family.get("Visit", id) };
}

export function met(draft: VisitDraft): boolean {
  return draft.outcome === "FACE_TO_FACE" || draft.outcome === "VIRTUAL";
}
