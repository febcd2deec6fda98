// What differs from the version last approved: for each goal, action and part of the plan the words
// before and now, with each word that went or came marked.
import type { PlanAnswer, PlanAnswer_Change } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import type { Rec } from "../../core/records";
import type { Story } from "../../core/story";
import { Difference } from "../../parts/difference";
import { day } from "../../words/times";
import { code, say } from "../../words/words";

interface Names {
  story: Story;
  staff: Map<Id, Rec<"StaffMember">>;
}

function named(id: Id, { story, staff }: Names): string {
  return (
    story.person(id) ||
    staff.get(id)?.values.name ||
    story.get("Need", id)?.values.detail ||
    code("type", story.any(id)?.type) ||
    say("record.elsewhere")
  );
}

function text(json: string, names: Names): string {
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return value.map((each) => text(JSON.stringify(each), names)).join(", ");
  if (typeof value !== "string") return String(value);
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value);
  if (/^[0-9a-f]{32}$/.test(value)) return named(value, names);
  return /^[A-Z][A-Z_]+$/.test(value) ? code("any.code", value) : value;
}

function subject(change: PlanAnswer_Change, story: Story): string {
  const of = story.any(change.record === undefined ? "" : hex(change.record.id));
  const wording = of !== undefined && "wording" in of.values ? String(of.values.wording ?? "") : "";
  return [code("type", of?.type ?? change.record?.typeName), wording].filter(Boolean).join(": ");
}

// These only tie the records together.
const SILENT = ["plan", "goal", "episode"];

function Words(props: { change: PlanAnswer_Change; names: Names }) {
  const before = props.change.before.map((each) => text(each, props.names)).join("\n");
  const after = props.change.after.map((each) => text(each, props.names)).join("\n");
  // What is new as a whole needs no mark on every word.
  return before === "" ? <>{after}</> : <Difference before={before} after={after} />;
}

export function PlanChanges(props: Names & { plan: PlanAnswer }) {
  const groups = new Map<string, PlanAnswer_Change[]>();
  for (const change of props.plan.changes) {
    if (SILENT.includes(change.field)) continue;
    const key = change.record === undefined ? "" : hex(change.record.id);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  if (groups.size === 0) return <p class="govuk-body">{say("changes.none")}</p>;
  return (
    <>
      {[...groups.values()].map((changes) => {
        const first = changes[0];
        if (first === undefined) return null;
        return (
          <section class="ds-change" key={subject(first, props.story)}>
            <h3 class="govuk-heading-s">
              {subject(first, props.story)}{" "}
              {changes.every((each) => each.before.length === 0) && (
                <strong class="govuk-tag govuk-tag--green ds-tag">{say("changes.new")}</strong>
              )}
            </h3>
            <dl class="govuk-summary-list">
              {changes.map((change) => (
                <div class="govuk-summary-list__row" key={change.field}>
                  <dt class="govuk-summary-list__key">{code("field", change.field.toUpperCase())}</dt>
                  <dd class="govuk-summary-list__value ds-text">
                    <Words change={change} names={props} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </>
  );
}
