// Somebody of the family agrees to the plan as it is now, or does not.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Shown, useAsked } from "../../parts/asked";
import { OneOf, Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { code, say } from "../../words/words";
import { decide } from "./approve";
import { planRead } from "./plan_read";

export function Agree(props: { scope: Id }) {
  const asked = useAsked(() => planRead(props.scope), [props.scope]);
  const [person, setPerson] = useState("");
  const [answer, setAnswer] = useState("");
  const [how, setHow] = useState("SPOKEN");
  const [comment, setComment] = useState("");
  const sending = useSending();
  return (
    <Page title={say("agree.title")} caption={asked.value?.story.name} back={to.plan(props.scope)}>
      <Shown of={asked}>
        {(read) => {
          const plan = read.answer;
          if (plan === undefined) return <p class="govuk-body">{say("plan.none")}</p>;
          const send = () => {
            const problems: Record<string, string> = {};
            if (person === "") problems["person"] = say("agree.no_person");
            if (answer === "") problems["answer"] = say("agree.no_answer");
            sending.send(problems, async () => {
              tell(
                say("agree.saved"),
                await decide(props.scope, plan, answer, (record) =>
                  record.set("person", person).set("how", how).set("comment", comment),
                ),
              );
              goInstead(to.plan(props.scope));
            });
          };
          return (
            <Form sending={sending} onSend={send}>
              <OneOf
                id="person"
                label={say("agree.person")}
                value={person}
                onValue={setPerson}
                choices={read.story.people.map((each) => ({ value: each.id, label: read.story.person(each.id) }))}
                error={sending.problems["person"]}
              />
              <OneOf
                id="answer"
                label={say("agree.answer")}
                value={answer}
                onValue={setAnswer}
                choices={["FAMILY_AGREED", "FAMILY_DECLINED"].map((value) => ({
                  value,
                  label: code("Approval.decision", value),
                }))}
                error={sending.problems["answer"]}
              />
              <OneOf
                label={say("agree.how")}
                value={how}
                onValue={setHow}
                choices={["SPOKEN", "SIGNED"].map((value) => ({ value, label: code("Approval.how", value) }))}
                small
              />
              <Paragraphs label={say("agree.comment")} rows={3} value={comment} onValue={setComment} />
              <Send sending={sending} label={say("agree.save")} />
            </Form>
          );
        }}
      </Shown>
    </Page>
  );
}
