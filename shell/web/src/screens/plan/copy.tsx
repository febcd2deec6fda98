// A copy of the plan for one person of the family, to print or to show. Whom it is for is named first:
// what that person must not learn is left out as if it were not there. What is sealed never leaves.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { actionsOf, goalsOf } from "../../core/plans";
import type { Rec } from "../../core/records";
import { sealed } from "../../core/records";
import type { Story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { Picked } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { day, today } from "../../words/times";
import { say } from "../../words/words";
import { owner, planRead } from "./plan_read";
import type { PlanRead } from "./plan_read";

export function Copy(props: { scope: Id }) {
  const asked = useAsked(() => planRead(props.scope), [props.scope]);
  const [recipient, setRecipient] = useState("");
  return (
    <Page title={say("copy.title")} back={to.plan(props.scope)}>
      <Shown of={asked}>
        {(read) => (
          <>
            <div class="ds-no-print">
              <Picked
                label={say("copy.for")}
                hint={say("copy.hint")}
                value={recipient}
                onValue={setRecipient}
                choices={read.story.adults.map((each) => ({ value: each.id, label: read.story.person(each.id) }))}
              />
              {recipient !== "" && (
                <button type="button" class="govuk-button" onClick={() => print()}>
                  {say("copy.print")}
                </button>
              )}
            </div>
            {recipient !== "" && <Made read={read} recipient={recipient} />}
          </>
        )}
      </Shown>
    </Page>
  );
}

// Somebody from whom an address of this family is kept, or who may be: where that cannot be read here,
// everybody counts as one.
function keptFrom(story: Story, recipient: Id): boolean {
  return story
    .of("SafeAddress")
    .filter((each) => each.values.state === "ACTIVE")
    .some((each) => {
      if (each.values.person === recipient) return false;
      if (sealed(each, "excluded") || each.values.excluded === undefined) return true;
      return each.values.excluded.includes(recipient);
    });
}

// To one from whom an address is kept nothing is said but what expressly concerns them: any other
// sentence may tell where somebody is, and when.
function concerns(goal: Rec<"Goal">, recipient: Id): boolean {
  return (goal.values.persons ?? []).includes(recipient);
}

function Made(props: { read: PlanRead; recipient: Id }) {
  const { read, recipient } = props;
  const { story } = read;
  const kept = keptFrom(story, recipient);
  const goals = goalsOf(story, story.plan).filter((each) => !kept || concerns(each, recipient));
  return (
    <article class="ds-copy">
      <h2 class="govuk-heading-m">{say("copy.heading", { name: story.person(recipient) })}</h2>
      <p class="govuk-body">{day(today())}</p>
      {!kept && story.plan?.values.aim !== undefined && (
        <>
          <h3 class="govuk-heading-s">{say("plan.aim")}</h3>
          <p class="govuk-body ds-text">{story.plan.values.aim}</p>
        </>
      )}
      <h3 class="govuk-heading-s">{say("plan.goals")}</h3>
      {goals.map((goal) => (
        <section key={goal.id}>
          <p class="govuk-body govuk-!-font-weight-bold">{goal.values.wording}</p>
          <ul class="govuk-list govuk-list--bullet">
            {actionsOf(story, goal)
              .filter((each) => !kept || each.values.owner_person === recipient)
              .map((each) => (
                <li key={each.id}>
                  {each.values.wording} · {owner(each, read)} · {say("due_on", { day: day(each.values.due_on) })}
                </li>
              ))}
          </ul>
        </section>
      ))}
      {!kept && story.plan?.values.if_things_get_worse !== undefined && (
        <>
          <h3 class="govuk-heading-s">{say("plan.if_things_get_worse")}</h3>
          <p class="govuk-body ds-text">{story.plan.values.if_things_get_worse}</p>
        </>
      )}
    </article>
  );
}
