// A plan with the family it is of, for every screen about it.
import type { PlanAnswer } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { planAnswer } from "../../core/plans";
import type { Rec } from "../../core/records";
import { staff } from "../../core/staff";
import type { Story } from "../../core/story";
import { story } from "../../core/story";

export interface PlanRead {
  story: Story;
  answer: PlanAnswer | undefined;
  staff: Map<Id, Rec<"StaffMember">>;
}

export async function planRead(scope: Id): Promise<PlanRead> {
  const [told, people] = await Promise.all([story(scope), staff()]);
  const answer = told.plan === undefined ? undefined : await planAnswer(told.plan.id);
  return { story: told, answer, staff: people };
}

export function owner(action: Rec<"Action">, read: { story: Story; staff: Map<Id, Rec<"StaffMember">> }): string {
  const { owner_person: person, owner_staff: worker } = action.values;
  return (person && read.story.person(person)) || (worker && read.staff.get(worker)?.values.name) || "";
}
