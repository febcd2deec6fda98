// One action: who does what, by when.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import type { Rec } from "../../core/records";
import { save } from "../../core/save";
import type { Story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { Line, OneOf, Paragraphs, Picked } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { useMe } from "../../parts/me";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { addDays, today } from "../../words/times";
import { code, say } from "../../words/words";
import { planRead } from "./plan_read";

const DAYS = 14;

export function ActionForm(props: { scope: Id; goal: Id; action: string }) {
  const asked = useAsked(() => planRead(props.scope), [props.scope]);
  return (
    <Page
      title={say(props.action === "new" ? "action.new" : "action.change")}
      caption={asked.value?.story.name}
      back={to.plan(props.scope)}
    >
      <Shown of={asked}>
        {(read) => <Fields family={read.story} staff={read.staff} goal={props.goal} action={props.action} />}
      </Shown>
    </Page>
  );
}

function Fields(props: { family: Story; staff: Map<Id, Rec<"StaffMember">>; goal: Id; action: string }) {
  const { family } = props;
  const me = useMe();
  const [action] = useState(family.get("Action", props.action));
  const before = action?.values ?? {};
  const [wording, setWording] = useState(before.wording ?? "");
  const [owner, setOwner] = useState(before.owner ?? "WORKER");
  const [person, setPerson] = useState(before.owner_person ?? "");
  const [worker, setWorker] = useState(before.owner_staff ?? me.user);
  const [due, setDue] = useState(before.due_on ?? addDays(today(), DAYS));
  const [state, setState] = useState(before.state ?? "ACTIVE");
  const sending = useSending();
  const send = () => {
    const problems: Record<string, string> = {};
    if (wording.trim() === "") problems["wording"] = say("action.no_wording");
    if (owner === "FAMILY" && person === "") problems["person"] = say("action.no_person");
    if (due === "") problems["due"] = say("action.no_due");
    sending.send(problems, async () => {
      const change = new Change(family.scope);
      const record = change.record("Action", action?.id);
      if (action === undefined) record.set("goal", props.goal);
      record
        .update("wording", wording, before.wording)
        .update("owner", owner, before.owner)
        .update("owner_person", owner === "FAMILY" ? person : undefined, before.owner_person)
        .update("owner_staff", owner === "WORKER" ? worker : undefined, before.owner_staff)
        .update("due_on", due, before.due_on)
        .update("state", state, before.state);
      tell(say("action.saved"), await save(change));
      goInstead(to.plan(family.scope));
    });
  };
  const colleagues = family
    .of("Assignment")
    .filter((each) => each.values.state === "OPEN")
    .map((each) => each.values.user ?? "");
  return (
    <Form sending={sending} onSend={send}>
      <Paragraphs
        id="wording"
        label={say("action.wording")}
        rows={3}
        value={wording}
        onValue={setWording}
        error={sending.problems["wording"]}
      />
      <OneOf
        label={say("action.owner")}
        value={owner}
        onValue={setOwner}
        choices={["FAMILY", "WORKER"].map((value) => ({ value, label: code("Action.owner", value) }))}
        small
      />
      {owner === "FAMILY" && (
        <Picked
          id="person"
          label={say("action.person")}
          value={person}
          onValue={setPerson}
          choices={family.people.map((each) => ({ value: each.id, label: family.person(each.id) }))}
          error={sending.problems["person"]}
        />
      )}
      {owner === "WORKER" && (
        <Picked
          label={say("action.worker")}
          value={worker}
          onValue={setWorker}
          choices={[...new Set(colleagues)].map((value) => ({
            value,
            label: props.staff.get(value)?.values.name ?? "",
          }))}
        />
      )}
      <Line id="due" label={say("action.due")} type="date" value={due} onValue={setDue} error={sending.problems["due"]} />
      {action !== undefined && (
        <OneOf
          label={say("action.state")}
          value={state}
          onValue={setState}
          choices={["ACTIVE", "DROPPED"].map((value) => ({ value, label: code("Action.state", value) }))}
          small
        />
      )}
      <Send sending={sending} label={say("action.save")} />
    </Form>
  );
}
