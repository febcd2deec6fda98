// The texts of a plan, and its beginning.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { say } from "../../words/words";
import type { PlanPart } from "./plan";
import { partLabel, PLAN_PARTS } from "./plan";

export function PlanWords(props: { scope: Id }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  return (
    <Page title={say("plan_words.title")} caption={asked.value?.name} back={to.plan(props.scope)}>
      <Shown of={asked}>{(family) => <Words family={family} />}</Shown>
    </Page>
  );
}

function Words(props: { family: Story }) {
  const { family } = props;
  const [before] = useState(family.plan); // as the person was shown it, whatever arrives meanwhile
  const [texts, setTexts] = useState<Record<PlanPart, string>>(() => {
    const values = before?.values ?? {};
    return Object.fromEntries(PLAN_PARTS.map((part) => [part, values[part] ?? ""])) as Record<PlanPart, string>;
  });
  const sending = useSending();
  const send = () =>
    sending.send(texts.aim.trim() === "" ? { aim: say("plan_words.no_aim") } : {}, async () => {
      const change = new Change(family.scope);
      const record = change.record("Plan", before?.id);
      if (before === undefined) record.set("episode", family.episode?.id).set("state", "OPEN");
      for (const part of PLAN_PARTS) record.update(part, texts[part], before?.values[part]);
      tell(say("plan_words.saved"), await save(change));
      goInstead(to.plan(family.scope));
    });
  return (
    <Form sending={sending} onSend={send}>
      {PLAN_PARTS.map((part) => (
        <Paragraphs
          key={part}
          id={part}
          label={partLabel(part)}
          hint={part === "safety_plan" ? say("plan.safety_plan_hint") : undefined}
          rows={4}
          value={texts[part]}
          onValue={(text) => setTexts({ ...texts, [part]: text })}
          error={sending.problems[part]}
        />
      ))}
      <Send sending={sending} label={say("plan_words.save")} />
    </Form>
  );
}
