// A call, a message, something between visits: written once, never changed.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { AnyOf, Line, OneOf, Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { fromField, toField } from "../../words/times";
import { code, say } from "../../words/words";

const KINDS = ["PHONE", "MESSAGE", "EMAIL", "IN_PASSING", "OFFICE", "NOTE"];

export function Note(props: { scope: Id }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  const [kind, setKind] = useState("");
  const [when, setWhen] = useState(toField(new Date()));
  const [text, setText] = useState("");
  const [about, setAbout] = useState<Id[]>([]);
  const sending = useSending();
  const send = () => {
    const problems: Record<string, string> = {};
    if (kind === "") problems["kind"] = say("note.no_kind");
    if (fromField(when) === undefined) problems["when"] = say("field.no_time");
    if (text.trim() === "") problems["text"] = say("note.no_text");
    sending.send(problems, async () => {
      const change = new Change(props.scope);
      change
        .record("Contact")
        .set("kind", kind)
        .set("happened_at", fromField(when))
        .set("persons", about)
        .set("text", text);
      tell(say("note.saved"), await save(change));
      goInstead(to.family(props.scope));
    });
  };
  return (
    <Page title={say("note.title")} caption={asked.value?.name} back={to.family(props.scope)}>
      <Shown of={asked}>
        {(family) => (
          <Form sending={sending} onSend={send}>
            <OneOf
              id="kind"
              label={say("note.kind")}
              value={kind}
              onValue={setKind}
              choices={KINDS.map((value) => ({ value, label: code("Contact.kind", value) }))}
              error={sending.problems["kind"]}
              small
            />
            <Line
              id="when"
              label={say("note.when")}
              type="datetime-local"
              value={when}
              onValue={setWhen}
              error={sending.problems["when"]}
            />
            <AnyOf
              id="about"
              label={say("note.about")}
              values={about}
              onValues={setAbout}
              choices={family.people.map((each) => ({ value: each.id, label: family.person(each.id) }))}
              small
            />
            <Paragraphs
              id="text"
              label={say("note.text")}
              hint={say("note.text_hint")}
              value={text}
              onValue={setText}
              error={sending.problems["text"]}
            />
            <Send sending={sending} label={say("note.save")} />
          </Form>
        )}
      </Shown>
    </Page>
  );
}
