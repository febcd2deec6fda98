// The plan on the family's page: where it stands, each goal with its last score, and its actions.
import { actionsOf, goalsOf, progressOf, scoresOf } from "../../core/plans";
import { PlanStatus } from "../plan/plan_status";
import { to } from "../../routes";
import { say } from "../../words/words";
import type { FamilyAnswer } from "./family_answer";

export function PlanSummary(props: { answer: FamilyAnswer }) {
  const { story, plan } = props.answer;
  const goals = goalsOf(story, story.plan);
  return (
    <section aria-labelledby="plan">
      <h2 class="govuk-heading-m" id="plan">
        {say("plan.title")} {plan !== undefined && <PlanStatus plan={plan} />}
      </h2>
      {story.plan === undefined && <p class="govuk-body">{say("plan.none")}</p>}
      <ul class="govuk-list govuk-list--bullet">
        {goals.map((goal) => {
          const actions = actionsOf(story, goal);
          const done = actions.filter((each) => progressOf(story, each)?.values.state === "DONE").length;
          const score = scoresOf(story, goal).at(-1)?.values.score ?? goal.values.baseline;
          return (
            <li key={goal.id}>
              {goal.values.wording}{" "}
              <span class="ds-quiet">
                {score !== undefined && say("plan.score", { score, target: goal.values.target ?? "–" })}{" "}
                {say("plan.actions_done", { done, of: actions.length })}
              </span>
            </li>
          );
        })}
      </ul>
      <p class="govuk-body">
        <a class="govuk-link" href={to.plan(story.scope)}>
          {say(story.plan === undefined ? "plan.begin" : "plan.open")}
        </a>
      </p>
    </section>
  );
}
