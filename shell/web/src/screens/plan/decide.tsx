// A supervisor reads the difference from the version last approved, and approves exactly what was read,
// or returns it with comments at goals and actions. Offline too: then it is provisional until received.
import { useState } from "preact/hooks";
import type { PlanAnswer } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { actionsOf, goalsOf } from "../../core/plans";
import { Shown, useAsked } from "../../parts/asked";
import { AnyOf, OneOf, Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { code, say } from "../../words/words";
import { decide } from "./approve";
import { PlanChanges } from "./plan_changes";
import type { PlanRead } from "./plan_read";
import { planRead } from "./plan_read";
import { PlanStatus } from "./plan_status";

export function Decide(props: { scope: Id }) {
  const asked = useAsked(() => planRead(props.scope), [props.scope]);
  return (
    <Page title={say("decide.title")} caption={asked.value?.story.name} back={to.plan(props.scope)} wide>
      <Shown of={asked}>
        {(read) =>
          read.answer === undefined ? (
            <p class="govuk-body">{say("plan.none")}</p>
          ) : (
            // Another version is another page: a decision once begun is never about words that came later.
            <Decision read={read} answer={read.answer} key={hex(read.answer.digest)} />
          )
        }
      </Shown>
    </Page>
  );
}

// Returns of this version that nobody has answered yet: an approval answers them.
function openReturns(read: PlanRead, digest: string): Id[] {
  const decisions = read.story.of("Approval").filter((each) => each.values.digest === digest);
  const answered = new Set(decisions.flatMap((each) => each.values.answers ?? []));
  return decisions
    .filter((each) => each.values.decision === "RETURNED" && !answered.has(each.id))
    .map((each) => each.id);
}

function Decision(props: { read: PlanRead; answer: PlanAnswer }) {
  const { read, answer } = props;
  const { story } = read;
  const [decision, setDecision] = useState("");
  const [comment, setComment] = useState("");
  const [about, setAbout] = useState<Id[]>([]);
  const sending = useSending();
  const parts = goalsOf(story, story.plan).flatMap((goal) => [
    { value: goal.id, label: goal.values.wording ?? "" },
    ...actionsOf(story, goal).map((action) => ({
      value: action.id,
      label: say("decide.action", { action: action.values.wording ?? "" }),
    })),
  ]);
  const send = () => {
    const problems: Record<string, string> = {};
    if (decision === "") problems["decision"] = say("decide.no_decision");
    if (decision === "RETURNED" && comment.trim() === "") problems["comment"] = say("decide.no_comment");
    sending.send(problems, async () => {
      const saved = await decide(story.scope, answer, decision, (record) => {
        record.set("comment", comment);
        if (decision === "RETURNED") record.set("about", about);
        else record.set("answers", openReturns(read, hex(answer.digest)));
      });
      tell(say(decision === "APPROVED" ? "decide.approved" : "decide.returned"), saved);
      goInstead(to.plan(story.scope));
    });
  };
  return (
    <>
      <p class="govuk-body">
        <PlanStatus plan={answer} />
      </p>
      {answer.unknownContent && <p class="govuk-inset-text">{say("decide.newer_build")}</p>}
      <h2 class="govuk-heading-m">
        {say(answer.approvedDigest.length > 0 ? "changes.title" : "changes.first")}
      </h2>
      <PlanChanges plan={answer} story={story} staff={read.staff} />
      <Form sending={sending} onSend={send}>
        <OneOf
          id="decision"
          label={say("decide.decision")}
          value={decision}
          onValue={setDecision}
          choices={[...(answer.unknownContent ? [] : ["APPROVED"]), "RETURNED"].map((value) => ({
            value,
            label: code("decide", value),
          }))}
          error={sending.problems["decision"]}
        />
        {decision === "RETURNED" && (
          <AnyOf label={say("decide.about")} values={about} onValues={setAbout} choices={parts} small />
        )}
        <Paragraphs
          id="comment"
          label={say("decide.comment")}
          rows={4}
          value={comment}
          onValue={setComment}
          error={sending.problems["comment"]}
        />
        <Send sending={sending} label={say("decide.send")} />
      </Form>
    </>
  );
}
