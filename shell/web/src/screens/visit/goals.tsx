// Which goals were worked on, and how things stand with each, from 0 to 10.
import { actionsOf, goalsOf } from "../../core/plans";
import type { Id } from "../../core/bytes";
import { AnyOf, Picked } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { day } from "../../words/times";
import { say } from "../../words/words";
import type { Step } from "./visit";
import { Onward } from "./visit";

const SCORES = Array.from({ length: 11 }, (_, n) => ({ value: String(n), label: String(n) }));

export function Goals(props: Step) {
  const { story, draft } = props.writing;
  const goals = goalsOf(story, story.plan);
  const score = (goal: Id, value: string) => {
    const before = draft.scores[goal];
    if (before !== undefined) {
      props.keeping.change({ scores: { ...draft.scores, [goal]: { ...before, score: value } } });
    }
  };
  return (
    <Page title={say("visit.step.goals")} caption={story.name} back={to.visit(story.scope, draft.visit)}>
      {goals.length === 0 ? (
        <p class="govuk-body">{say("goals.none")}</p>
      ) : (
        <AnyOf
          label={say("goals.worked_on")}
          values={draft.goals}
          onValues={(chosen) => props.keeping.change({ goals: chosen })}
          choices={goals.map((each) => ({ value: each.id, label: each.values.wording ?? "" }))}
        />
      )}
      {goals
        .filter((each) => draft.goals.includes(each.id))
        .map((each) => (
          <section class="ds-child" key={each.id} aria-label={each.values.wording}>
            <h2 class="govuk-heading-s">{each.values.wording}</h2>
            {(each.values.needs ?? []).length > 0 && draft.scores[each.id] !== undefined && (
              <Picked
                label={say("goals.score")}
                hint={say("goals.score_hint")}
                value={draft.scores[each.id]?.score ?? ""}
                onValue={(value) => score(each.id, value)}
                choices={SCORES}
              />
            )}
            <ul class="govuk-list govuk-list--bullet">
              {actionsOf(story, each).map((action) => (
                <li key={action.id}>
                  {action.values.wording} · {say("due_on", { day: day(action.values.due_on) })} ·{" "}
                  <a class="govuk-link" href={to.progress(story.scope, action.id)}>
                    {say("goals.progress")}
                    <span class="govuk-visually-hidden"> {action.values.wording}</span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      <Onward {...props} next="next" />
    </Page>
  );
}
