// Asking the supervisor to approve the plan as it is now. What is missing is said, and bars nothing.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { actionsOf, goalsOf } from "../../core/plans";
import { Shown, useAsked } from "../../parts/asked";
import { Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { say } from "../../words/words";
import { decide } from "./approve";
import { PlanChanges } from "./plan_changes";
import type { PlanRead } from "./plan_read";
import { planRead } from "./plan_read";

function warnings(read: PlanRead): string[] {
  const goals = goalsOf(read.story, read.story.plan);
  const found = goals.length === 0 ? [say("submit.no_goals")] : [];
  for (const goal of goals) {
    const named = { goal: goal.values.wording ?? "" };
    if (goal.values.target === undefined && !goal.values.measure) found.push(say("submit.no_target", named));
    if (actionsOf(read.story, goal).length === 0) found.push(say("submit.no_actions", named));
  }
  return found;
}

export function Submit(props: { scope: Id }) {
  const asked = useAsked(() => planRead(props.scope), [props.scope]);
  const [comment, setComment] = useState("");
  const sending = useSending();
  return (
    <Page title={say("submit.title")} caption={asked.value?.story.name} back={to.plan(props.scope)}>
      <Shown of={asked}>
        {(read) => {
          const { answer } = read;
          if (answer === undefined) return <p class="govuk-body">{say("plan.none")}</p>;
          const lacks = warnings(read);
          const send = () =>
            sending.send({}, async () => {
              tell(
                say("submit.sent"),
                await decide(props.scope, answer, "SUBMITTED", (record) => record.set("comment", comment)),
              );
              goInstead(to.plan(props.scope));
            });
          return (
            <Form sending={sending} onSend={send}>
              {lacks.length > 0 && (
                <div class="govuk-inset-text ds-inset">
                  <p class="govuk-body">{say("submit.warnings")}</p>
                  <ul class="govuk-list govuk-list--bullet">
                    {lacks.map((each) => (
                      <li key={each}>{each}</li>
                    ))}
                  </ul>
                </div>
              )}
              <h2 class="govuk-heading-m">{say("changes.title")}</h2>
              <PlanChanges plan={answer} story={read.story} staff={read.staff} />
              <Paragraphs label={say("submit.comment")} rows={3} value={comment} onValue={setComment} />
              <Send sending={sending} label={say("submit.send")} />
            </Form>
          );
        }}
      </Shown>
    </Page>
  );
}
