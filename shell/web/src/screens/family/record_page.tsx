// One record whole, whatever its type: each field with everything that was ever written there.
import type { ValueView } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { unhex } from "../../core/bytes";
import { ask } from "../../core/core";
import type { Rec } from "../../core/records";
import type { Field } from "../../core/schema";
import { schemaOf } from "../../core/schema";
import { staff } from "../../core/staff";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { day, instant } from "../../words/times";
import { code, say } from "../../words/words";

interface Whole {
  story: Story;
  record: Rec | undefined;
  fields: Field[];
  written: Map<string, ValueView[]>;
  staff: Map<Id, Rec<"StaffMember">>;
}

async function whole(scope: Id, id: Id): Promise<Whole> {
  const told = await story(scope);
  const record = told.any(id);
  const written = new Map<string, ValueView[]>();
  if (record === undefined) return { story: told, record, fields: [], written, staff: new Map() };
  const [schema, history, people] = await Promise.all([
    schemaOf(record.type),
    ask({ case: "history", value: { type: record.view.type, id: unhex(id) } }),
    staff(),
  ]);
  for (const answer of history) {
    if (answer.kind.case !== "value") continue;
    written.set(answer.field, [...(written.get(answer.field) ?? []), answer.kind.value]);
  }
  return { story: told, record, fields: schema?.fields ?? [], written, staff: people };
}

export function RecordPage(props: { scope: Id; id: Id }) {
  const asked = useAsked(() => whole(props.scope, props.id), [props.scope, props.id]);
  return (
    <Page
      title={say("record.title")}
      heading={code("type", asked.value?.record?.type) || say("record.title")}
      caption={asked.value?.story.name}
      back={to.family(props.scope)}
    >
      <Shown of={asked}>
        {(answer) =>
          answer.record === undefined ? (
            <p class="govuk-body">{say("record.not_here")}</p>
          ) : (
            <Fields answer={answer} record={answer.record} />
          )
        }
      </Shown>
    </Page>
  );
}

function Fields(props: { answer: Whole; record: Rec }) {
  const { answer, record } = props;
  const shown = answer.fields.filter((each) => answer.written.has(each.name) && each.kind !== "bytes");
  return (
    <>
      <p class="govuk-body">
        {say("record.made_by", { name: record.view.madeByName })} <SafetyTag safety={record.view.safety} />
      </p>
      <dl class="govuk-summary-list">
        {shown.map((each) => (
          <div class="govuk-summary-list__row" key={each.number}>
            <dt class="govuk-summary-list__key">{code("field", each.name.toUpperCase())}</dt>
            <dd class="govuk-summary-list__value">
              <Written field={each} values={answer.written.get(each.name) ?? []} answer={answer} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Written(props: { field: Field; values: ValueView[]; answer: Whole }) {
  const live = props.values.filter((each) => each.live && !each.held);
  const past = props.values.filter((each) => !each.live || each.held);
  return (
    <>
      {live.map((each, index) => (
        <p class="govuk-body ds-text" key={index}>
          {valueText(props.field, each, props.answer)}
          {live.length > 1 && props.field.merge !== "UNION" && (
            <span class="ds-quiet"> {say("record.by", { name: each.actorName })}</span>
          )}
        </p>
      ))}
      {past.length > 0 && (
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">{say("record.earlier", { n: past.length })}</span>
          </summary>
          <div class="govuk-details__text">
            {past.map((each, index) => (
              <p class="govuk-body ds-text" key={index}>
                {valueText(props.field, each, props.answer)}
                <span class="ds-quiet">
                  {" "}
                  {say("record.by_at", { name: each.actorName, when: instant(Number(each.writtenMs)) })}
                </span>
              </p>
            ))}
          </div>
        </details>
      )}
    </>
  );
}

function valueText(field: Field, view: ValueView, answer: Whole): string {
  if (view.sealed) return say("record.sealed");
  if (view.json === "") return say("record.cleared");
  const value: unknown = JSON.parse(view.json);
  return (Array.isArray(value) ? value : [value]).map((each) => one(field, each, answer)).join(", ");
}

function one(field: Field, value: unknown, answer: Whole): string {
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value !== "string") return String(value);
  switch (field.kind) {
    case "date":
      return day(value);
    case "instant":
      return instant(value);
    case "id":
      return nameOf(value, answer);
    case "code":
    case "state":
      return code(`any.${field.name}`, value);
    default:
      return value;
  }
}

function nameOf(id: Id, answer: Whole): string {
  const person = answer.story.person(id);
  if (person !== "") return person;
  const colleague = answer.staff.get(id)?.values.name;
  if (colleague !== undefined) return colleague;
  const other = answer.story.any(id);
  return other === undefined ? say("record.elsewhere") : code("type", other.type);
}
