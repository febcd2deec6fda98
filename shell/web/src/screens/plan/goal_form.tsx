// One goal: what should be different, in the family's words.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { AnyOf, Line, OneOf, Paragraphs, Picked } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { addDays, today } from "../../words/times";
import { code, say } from "../../words/words";

const SCORES = Array.from({ length: 11 }, (_, n) => ({ value: String(n), label: String(n) }));
const DAYS = 84;

export function GoalForm(props: { scope: Id; goal: string }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  return (
    <Page
      title={say(props.goal === "new" ? "goal.new" : "goal.change")}
      caption={asked.value?.name}
      back={to.plan(props.scope)}
    >
      <Shown of={asked}>{(family) => <Fields family={family} goal={props.goal} />}</Shown>
    </Page>
  );
}

function Fields(props: { family: Story; goal: string }) {
  const { family } = props;
  const [goal] = useState(family.get("Goal", props.goal));
  const before = goal?.values ?? {};
  const [wording, setWording] = useState(before.wording ?? "");
  const [persons, setPersons] = useState(before.persons ?? []);
  const [needs, setNeeds] = useState(before.needs ?? []);
  const [baseline, setBaseline] = useState(String(before.baseline ?? ""));
  const [target, setTarget] = useState(String(before.target ?? ""));
  const [due, setDue] = useState(before.due_on ?? addDays(today(), DAYS));
  const [state, setState] = useState(before.state ?? "ACTIVE");
  const sending = useSending();
  const number = (text: string) => (text === "" ? undefined : Number(text));
  const send = () =>
    sending.send(wording.trim() === "" ? { wording: say("goal.no_wording") } : {}, async () => {
      const change = new Change(family.scope);
      const record = change.record("Goal", goal?.id);
      if (goal === undefined) record.set("plan", family.plan?.id);
      record
        .update("wording", wording, before.wording)
        .setAll("persons", persons, before.persons)
        .setAll("needs", needs, before.needs)
        .update("baseline", number(baseline), before.baseline)
        .update("target", number(target), before.target)
        .update("due_on", due, before.due_on)
        .update("state", state, before.state);
      tell(say("goal.saved"), await save(change));
      goInstead(to.plan(family.scope));
    });
  const present = family.of("Need").filter((each) => each.values.state === "PRESENT");
  return (
    <Form sending={sending} onSend={send}>
      <Paragraphs
        id="wording"
        label={say("goal.wording")}
        hint={say("goal.wording_hint")}
        rows={3}
        value={wording}
        onValue={setWording}
        error={sending.problems["wording"]}
      />
      <AnyOf
        label={say("goal.persons")}
        values={persons}
        onValues={setPersons}
        choices={family.people.map((each) => ({ value: each.id, label: family.person(each.id) }))}
        small
      />
      {present.length > 0 && (
        <AnyOf
          label={say("goal.needs")}
          hint={say("goal.needs_hint")}
          values={needs}
          onValues={setNeeds}
          choices={present.map((each) => ({
            value: each.id,
            label: each.values.detail ?? say("goal.need", { code: each.values.code ?? "" }),
          }))}
          small
        />
      )}
      <Picked label={say("goal.baseline")} value={baseline} onValue={setBaseline} choices={SCORES} />
      <Picked label={say("goal.target")} value={target} onValue={setTarget} choices={SCORES} />
      <Line label={say("goal.due")} type="date" value={due} onValue={setDue} />
      {goal !== undefined && (
        <OneOf
          label={say("goal.state")}
          value={state}
          onValue={setState}
          choices={["ACTIVE", "DROPPED"].map((value) => ({ value, label: code("Goal.state", value) }))}
          small
        />
      )}
      <Send sending={sending} label={say("goal.save")} />
    </Form>
  );
}
