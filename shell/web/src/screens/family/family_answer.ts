// A family's page: its story, who is who, where its plan stands, what is being written about it.
import type { PlanAnswer } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import type { Kept } from "../../core/drafts";
import { drafts } from "../../core/drafts";
import { planAnswer } from "../../core/plans";
import type { Rec } from "../../core/records";
import { schools, staff } from "../../core/staff";
import type { Story } from "../../core/story";
import { story } from "../../core/story";

export interface FamilyAnswer {
  story: Story;
  staff: Map<Id, Rec<"StaffMember">>;
  schools: Map<Id, Rec<"School">>;
  plan: PlanAnswer | undefined;
  drafts: Kept[];
}

export async function familyAnswer(scope: Id): Promise<FamilyAnswer> {
  const [told, people, places, kept] = await Promise.all([story(scope), staff(), schools(), drafts()]);
  const plan = told.plan === undefined ? undefined : await planAnswer(told.plan.id);
  return {
    story: told,
    staff: people,
    schools: places,
    plan,
    drafts: kept.filter((each) => each.draft.scope === scope),
  };
}

export function lead(answer: FamilyAnswer): string {
  const place = answer.story
    .of("Assignment")
    .find((each) => each.values.state === "OPEN" && each.values.relation === "LEAD");
  return answer.staff.get(place?.values.user ?? "")?.values.name ?? "";
}
