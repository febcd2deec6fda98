// A supervisor's decision about a family, with reasons.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import { story } from "../../core/story";
import { useAsked } from "../../parts/asked";
import { Line, Paragraphs, Picked } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { addDays, today } from "../../words/times";
import { code, say } from "../../words/words";

const KINDS = ["SUPERVISION", "ALLOCATION", "PLAN", "CONCERN", "MISSED_VISITS", "QUALITY", "STEP_UP", "STEP_DOWN", "CLOSURE", "OTHER"];
const NEXT_DAYS = 28;

export function Oversight(props: { scope: Id }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  const [kind, setKind] = useState("SUPERVISION");
  const [decision, setDecision] = useState("");
  const [reasons, setReasons] = useState("");
  const [next, setNext] = useState(addDays(today(), NEXT_DAYS));
  const sending = useSending();
  const send = () => {
    const problems: Record<string, string> = {};
    if (kind === "") problems["kind"] = say("oversight.no_kind");
    if (decision.trim() === "") problems["decision"] = say("oversight.no_decision");
    sending.send(problems, async () => {
      const change = new Change(props.scope);
      change
        .record("ManagementOversight")
        .set("kind", kind)
        .set("written_on", today())
        .set("decision", decision)
        .set("reasons", reasons)
        .set("next_due_on", next);
      tell(say("oversight.saved"), await save(change));
      goInstead(to.family(props.scope));
    });
  };
  return (
    <Page title={say("oversight.title")} caption={asked.value?.name} back={to.family(props.scope)}>
      <Form sending={sending} onSend={send}>
        <Picked
          id="kind"
          label={say("oversight.kind")}
          value={kind}
          onValue={setKind}
          choices={KINDS.map((value) => ({ value, label: code("ManagementOversight.kind", value) }))}
          error={sending.problems["kind"]}
        />
        <Paragraphs
          id="decision"
          label={say("oversight.decision")}
          value={decision}
          onValue={setDecision}
          error={sending.problems["decision"]}
        />
        <Paragraphs id="reasons" label={say("oversight.reasons")} value={reasons} onValue={setReasons} />
        <Line id="next" label={say("oversight.next")} type="date" value={next} onValue={setNext} />
        <Send sending={sending} label={say("oversight.save")} />
      </Form>
    </Page>
  );
}
