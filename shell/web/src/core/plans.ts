// What the core computes of a plan: where it stands, and the difference from the version last approved.
import type { PlanAnswer } from "../../gen/doorstep/v1/client_pb";
import type { Id } from "./bytes";
import { unhex } from "./bytes";
import { ask } from "./core";
import type { Rec } from "./records";
import type { Story } from "./story";

// Nothing is decided about a version that nobody has read.
export class ChangedMeanwhile extends Error {}

export async function planAnswer(plan: Id): Promise<PlanAnswer | undefined> {
  const [answer] = await ask({ case: "plan", value: { id: unhex(plan) } });
  return answer?.kind.case === "plan" ? answer.kind.value : undefined;
}

export function goalsOf(story: Story, plan: Rec<"Plan"> | undefined): Rec<"Goal">[] {
  return story.of("Goal").filter((each) => each.values.plan === plan?.id && each.values.state !== "DROPPED");
}

export function actionsOf(story: Story, goal: Rec<"Goal">): Rec<"Action">[] {
  return story.of("Action").filter((each) => each.values.goal === goal.id && each.values.state !== "DROPPED");
}

// How far an action is: its latest progress in the order of the log.
export function progressOf(story: Story, action: Rec<"Action">): Rec<"ActionProgress"> | undefined {
  return story
    .of("ActionProgress")
    .filter((each) => each.values.action === action.id)
    .at(-1);
}

export function scoresOf(story: Story, goal: Rec<"Goal">): Rec<"OutcomeScore">[] {
  return story.of("OutcomeScore").filter((each) => each.values.goal === goal.id);
}
