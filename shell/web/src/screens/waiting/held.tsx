// Work that was kept aside: read whole, then let take effect, or left without effect and readable.
import { useState } from "preact/hooks";
import type { AttentionItem } from "../../../gen/doorstep/v1/client_pb";
import { AttentionItem_Kind as Kind } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { Change } from "../../core/change";
import { attention } from "../../core/core";
import { settle } from "../../core/save";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { OneOf, Paragraphs, Picked } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { day, instant } from "../../words/times";
import { code, say } from "../../words/words";

const REASONS: Record<string, string[]> = {
  RELEASE: ["STILL_TRUE"],
  DECLINE: ["OVERTAKEN", "ENTERED_TWICE", "CARRIED_OVER", "NOT_ENTITLED", "OTHER"],
};

async function held(id: Id): Promise<{ item: AttentionItem; story: Story } | null> {
  const { items } = await attention();
  const item = items.find((each) => hex(each.id) === id && each.kind === Kind.HELD_TO_DECIDE);
  return item === undefined ? null : { item, story: await story(hex(item.scope)) };
}

export function Held(props: { item: Id }) {
  const asked = useAsked(() => held(props.item), [props.item]);
  return (
    <Page title={say("held.title")} caption={asked.value?.item.family} back={to.waiting()}>
      <Shown of={asked}>
        {(found) =>
          found === null ? (
            <p class="govuk-body">{say("conflict.settled")}</p>
          ) : (
            <>
              <p class="govuk-body">
                {say("held.by", { name: found.item.actorName })} {found.item.words}
              </p>
              <Would item={found.item} story={found.story} />
              <Decision item={found.item} />
            </>
          )
        }
      </Shown>
    </Page>
  );
}

function text(json: string, of: Story): string {
  if (json === "") return "";
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return value.map((each) => text(JSON.stringify(each), of)).join(", ");
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value !== "string") return String(value);
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value);
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return instant(value);
  if (/^[0-9a-f]{32}$/.test(value)) return of.person(value) || say("record.elsewhere");
  return /^[A-Z][A-Z_]+$/.test(value) ? code("any.code", value) : value;
}

function Would(props: { item: AttentionItem; story: Story }) {
  return (
    <>
      {props.item.held.map((record) => (
        <section key={hex(record.id)}>
          <h2 class="govuk-heading-s">{code("type", record.typeName)}</h2>
          <dl class="govuk-summary-list">
            {record.fields.map((field) => (
              <div class="govuk-summary-list__row" key={field.field}>
                <dt class="govuk-summary-list__key">{code("field", field.name.toUpperCase())}</dt>
                <dd class="govuk-summary-list__value ds-text">
                  {field.values
                    .map((each) => (each.sealed ? say("record.sealed") : text(each.json, props.story)))
                    .join(", ")}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

function Decision(props: { item: AttentionItem }) {
  const [decision, setDecision] = useState("");
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const sending = useSending();
  const choose = (value: string) => {
    setDecision(value);
    setReason(REASONS[value]?.[0] ?? "");
  };
  const send = () =>
    sending.send(decision === "" ? { decision: say("held.no_decision") } : {}, async () => {
      const change = new Change(hex(props.item.scope));
      change
        .record("Decision")
        .set("held", hex(props.item.uid))
        .set("decision", decision)
        .set("reason", reason)
        .set("note", note);
      tell(
        say(decision === "RELEASE" ? "held.released" : "held.declined"),
        await settle(hex(props.item.id), change),
      );
      goInstead(to.waiting());
    });
  return (
    <Form sending={sending} onSend={send}>
      <OneOf
        id="decision"
        label={say("held.decision")}
        value={decision}
        onValue={choose}
        choices={["RELEASE", "DECLINE"].map((value) => ({
          value,
          label: code("Decision.decision", value),
          hint: code("Decision.hint", value),
        }))}
        error={sending.problems["decision"]}
      />
      {decision === "DECLINE" && (
        <Picked
          label={say("held.reason")}
          value={reason}
          onValue={setReason}
          choices={(REASONS["DECLINE"] ?? []).map((value) => ({ value, label: code("Decision.reason", value) }))}
        />
      )}
      <Paragraphs label={say("held.note")} rows={3} value={note} onValue={setNote} />
      <Send sending={sending} label={say("held.send")} />
    </Form>
  );
}
