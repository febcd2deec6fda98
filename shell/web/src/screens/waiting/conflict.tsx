// Accounts that people wrote without seeing each other, side by side with every word that differs
// marked. One of them is kept, or both are told in one; nothing is lost: all stay in the history.
import { useState } from "preact/hooks";
import type { AttentionItem, ValueView } from "../../../gen/doorstep/v1/client_pb";
import { AttentionItem_Kind as Kind } from "../../../gen/doorstep/v1/client_pb";
import type { Bytes, Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { Change } from "../../core/change";
import { attention } from "../../core/core";
import type { TypeName } from "../../core/records";
import { settle } from "../../core/save";
import { Shown, useAsked } from "../../parts/asked";
import { Against } from "../../parts/difference";
import { OneOf, Paragraphs } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { day, instant } from "../../words/times";
import { code, say } from "../../words/words";

async function item(id: Id): Promise<AttentionItem | null> {
  const { items } = await attention();
  return items.find((each) => hex(each.id) === id && each.kind === Kind.CONTESTED) ?? null;
}

export function Conflict(props: { item: Id }) {
  const asked = useAsked(() => item(props.item), [props.item]);
  return (
    <Page title={say("conflict.title")} caption={asked.value?.family} back={to.waiting()} wide>
      <Shown of={asked}>
        {(found) =>
          found === null ? (
            <p class="govuk-body">{say("conflict.settled")}</p>
          ) : (
            <Settle item={found} key={found.field?.values.map((each) => hex(each.op?.uid ?? new Uint8Array())).join()} />
          )
        }
      </Shown>
    </Page>
  );
}

// A text as it was written; a code, a date or a number in words.
function words(view: ValueView): string {
  if (view.sealed) return say("record.sealed");
  const value: unknown = view.json === "" ? "" : JSON.parse(view.json);
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value !== "string") return JSON.stringify(value);
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value);
  return /^[A-Z][A-Z_]+$/.test(value) ? code("any.code", value) : value;
}

// Only texts can be told together; of codes and numbers one is kept.
function isText(views: ValueView[]): boolean {
  return views.every((each) => {
    if (each.sealed || each.json === "") return false;
    const value: unknown = JSON.parse(each.json);
    return typeof value === "string" && !/^[A-Z_]+$/.test(value) && !/^\d{4}-\d{2}-\d{2}/.test(value);
  });
}

function Settle(props: { item: AttentionItem }) {
  const { item: of } = props;
  const values = of.field?.values ?? [];
  const texts = values.map(words);
  const [choice, setChoice] = useState("");
  const [together, setTogether] = useState(texts.join("\n\n"));
  const sending = useSending();
  const send = () => {
    const problems: Record<string, string> = {};
    if (choice === "") problems["choice"] = say("conflict.no_choice");
    if (choice === "together" && together.trim() === "") problems["together"] = say("conflict.no_text");
    sending.send(problems, async () => {
      const kept = values[Number(choice)];
      const value =
        choice === "together" || kept === undefined
          ? { json: JSON.stringify(together) }
          : { value: kept.value as Bytes };
      const change = new Change(hex(of.scope));
      change
        .record((of.record?.typeName ?? "") as TypeName, hex(of.record?.id ?? new Uint8Array()))
        .settle(
          of.field?.name ?? "",
          value,
          values.flatMap((each) => (each.op === undefined ? [] : [each.op])),
        );
      tell(say("conflict.saved"), await settle(hex(of.id), change));
      goInstead(to.waiting());
    });
  };
  return (
    <>
      <p class="govuk-body">
        <strong>
          {code("type", of.record?.typeName)}: {code("field", of.field?.name.toUpperCase())}
        </strong>
      </p>
      <p class="govuk-body">{say("conflict.explained")}</p>
      <div class="ds-sides">
        {values.map((each, index) => (
          <section class="ds-side" key={index} aria-labelledby={`side-${index}`}>
            <h2 class="govuk-heading-s" id={`side-${index}`}>
              {say("conflict.by", { n: index + 1, name: each.actorName })}
            </h2>
            <p class="ds-quiet">
              {say("conflict.written", { when: instant(Number(each.writtenMs)) })}
              {each.receivedMs === 0n && ` · ${say("safety.saved")}`}
            </p>
            <p class="govuk-body ds-text">
              <Against text={texts[index] ?? ""} other={texts[index === 0 ? 1 : 0] ?? ""} />
            </p>
          </section>
        ))}
      </div>
      <Form sending={sending} onSend={send}>
        <OneOf
          id="choice"
          label={say("conflict.choice")}
          value={choice}
          onValue={setChoice}
          choices={[
            ...values
              .map((each, index) => ({ each, index }))
              .filter(({ each }) => !each.sealed)
              .map(({ each, index }) => ({
                value: String(index),
                label: say("conflict.keep", { n: index + 1, name: each.actorName }),
              })),
            ...(isText(values) ? [{ value: "together", label: say("conflict.together") }] : []),
          ]}
          error={sending.problems["choice"]}
        />
        {choice === "together" && (
          <Paragraphs
            id="together"
            label={say("conflict.text")}
            rows={10}
            value={together}
            onValue={setTogether}
            error={sending.problems["together"]}
          />
        )}
        <Send sending={sending} label={say("conflict.settle")} />
      </Form>
    </>
  );
}
