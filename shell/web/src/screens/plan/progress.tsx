// How far an action is. The plan's version stays as it is.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import { story } from "../../core/story";
import { useAsked } from "../../parts/asked";
import { OneOf, Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { today } from "../../words/times";
import { code, say } from "../../words/words";

const STATES = ["NOT_STARTED", "UNDER_WAY", "DONE", "BLOCKED", "NOT_DONE"];

export function Progress(props: { scope: Id; action: Id }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  const [state, setState] = useState("");
  const [note, setNote] = useState("");
  const sending = useSending();
  const send = () =>
    sending.send(state === "" ? { state: say("progress.no_state") } : {}, async () => {
      const change = new Change(props.scope);
      change
        .record("ActionProgress")
        .set("action", props.action)
        .set("state", state)
        .set("noted_on", today())
        .set("note", note);
      tell(say("progress.saved"), await save(change));
      goInstead(to.plan(props.scope));
    });
  return (
    <Page title={say("progress.title")} caption={asked.value?.name} back={to.plan(props.scope)}>
      <p class="govuk-body-l">{asked.value?.get("Action", props.action)?.values.wording}</p>
      <Form sending={sending} onSend={send}>
        <OneOf
          id="state"
          label={say("progress.state")}
          value={state}
          onValue={setState}
          choices={STATES.map((value) => ({ value, label: code("ActionProgress.state", value) }))}
          error={sending.problems["state"]}
        />
        <Paragraphs label={say("progress.note")} rows={3} value={note} onValue={setNote} />
        <Send sending={sending} label={say("progress.save")} />
      </Form>
    </Page>
  );
}
