// A child may be unsafe. Writing it down is not a referral: the next screen shows whom to telephone.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { AnyOf, Line, OneOf, Paragraphs, Picked } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { fromField, toField } from "../../words/times";
import { code, say } from "../../words/words";
import { Numbers, NotAReferral } from "./numbers";

const KINDS = ["NEGLECT", "PHYSICAL", "SEXUAL", "EMOTIONAL", "DOMESTIC_ABUSE", "EXPLOITATION", "SELF_HARM", "MISSING", "OTHER"];
const LEVELS = ["IMMEDIATE_DANGER", "SAME_DAY", "ADVICE"];

export function Concern(props: { scope: Id }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  const [persons, setPersons] = useState<Id[]>([]);
  const [kind, setKind] = useState("");
  const [level, setLevel] = useState("");
  const [noticed, setNoticed] = useState(toField(new Date()));
  const [account, setAccount] = useState("");
  const [restricted, setRestricted] = useState("");
  const [told, setTold] = useState("");
  const sending = useSending();
  const send = () => {
    const problems: Record<string, string> = {};
    if (persons.length === 0) problems["persons"] = say("concern.no_persons");
    if (kind === "") problems["kind"] = say("concern.no_kind");
    if (level === "") problems["level"] = say("concern.no_level");
    if (fromField(noticed) === undefined) problems["noticed"] = say("field.no_time");
    if (account.trim() === "") problems["account"] = say("concern.no_account");
    sending.send(problems, async () => {
      const change = new Change(props.scope);
      change
        .record("Concern")
        .set("persons", persons)
        .set("kind", kind)
        .set("level", level)
        .set("noticed_at", fromField(noticed))
        .set("account", account)
        .set("restricted_account", restricted)
        .set("told", told)
        .set("state", "RAISED");
      const saved = await save(change);
      const made = saved.committed?.records[0];
      tell(say("concern.saved"), saved);
      goInstead(made === undefined ? to.family(props.scope) : to.concernCall(props.scope, hex(made.id)));
    });
  };
  return (
    <Page title={say("concern.title")} caption={asked.value?.name} back={to.family(props.scope)}>
      <NotAReferral />
      <Numbers />
      <Shown of={asked}>
        {(family) => (
          <Form sending={sending} onSend={send}>
            <AnyOf
              id="persons"
              label={say("concern.persons")}
              values={persons}
              onValues={setPersons}
              choices={family.people.map((each) => ({ value: each.id, label: family.person(each.id) }))}
              error={sending.problems["persons"]}
            />
            <OneOf
              id="level"
              label={say("concern.level")}
              value={level}
              onValue={setLevel}
              choices={LEVELS.map((value) => ({ value, label: code("Concern.level", value) }))}
              error={sending.problems["level"]}
            />
            <Picked
              id="kind"
              label={say("concern.kind")}
              value={kind}
              onValue={setKind}
              choices={KINDS.map((value) => ({ value, label: code("Concern.kind", value) }))}
              error={sending.problems["kind"]}
            />
            <Line
              id="noticed"
              label={say("concern.noticed")}
              type="datetime-local"
              value={noticed}
              onValue={setNoticed}
              error={sending.problems["noticed"]}
            />
            <Paragraphs
              id="account"
              label={say("concern.account")}
              hint={say("concern.account_hint")}
              value={account}
              onValue={setAccount}
              error={sending.problems["account"]}
            />
            <Paragraphs
              label={say("concern.restricted")}
              hint={say("concern.restricted_hint")}
              rows={3}
              value={restricted}
              onValue={setRestricted}
            />
            <Line label={say("concern.told")} value={told} onValue={setTold} />
            <Send sending={sending} label={say("concern.raise")} warning />
          </Form>
        )}
      </Shown>
    </Page>
  );
}
