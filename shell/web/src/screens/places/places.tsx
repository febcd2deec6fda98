// Who has a place with a family; a supervisor hands it to another worker, gives a place, ends one.
import { useState } from "preact/hooks";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import { records } from "../../core/core";
import type { Rec } from "../../core/records";
import { save } from "../../core/save";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { OneOf, Picked } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { goInstead, to } from "../../routes";
import { day, today } from "../../words/times";
import { code, say } from "../../words/words";

interface Read {
  story: Story;
  staff: Map<Id, string>;
  roles: Rec<"StaffRole">[];
}

async function read(scope: Id): Promise<Read> {
  const [told, people, roles] = await Promise.all([story(scope), records("StaffMember"), records("StaffRole")]);
  const active = people.filter((each) => each.values.state === "ACTIVE");
  return { story: told, staff: new Map(active.map((each) => [each.id, each.values.name ?? ""])), roles };
}

export function Places(props: { scope: Id }) {
  const asked = useAsked(() => read(props.scope), [props.scope]);
  return (
    <Page title={say("places.title")} caption={asked.value?.story.name} back={to.family(props.scope)}>
      <Shown of={asked}>
        {(now) => (
          <>
            <Open now={now} />
            <NewPlace now={now} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function open(of: Story): Rec<"Assignment">[] {
  return of.of("Assignment").filter((each) => each.values.state === "OPEN");
}

function Open(props: { now: Read }) {
  return (
    <dl class="govuk-summary-list">
      {open(props.now.story).map((each) => (
        <div class="govuk-summary-list__row" key={each.id}>
          <dt class="govuk-summary-list__key">{props.now.staff.get(each.values.user ?? "")}</dt>
          <dd class="govuk-summary-list__value">
            {code("Assignment.relation", each.values.relation)} ·{" "}
            {say("places.since", { day: day(each.values.from_on) })}{" "}
            {each.values.restricted && say("places.restricted")} <SafetyTag safety={each.view.safety} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const KINDS = ["LEAD", "COVER", "CO_WORKER"];

function NewPlace(props: { now: Read }) {
  const { story: of, staff, roles } = props.now;
  const [user, setUser] = useState("");
  const [relation, setRelation] = useState("");
  const [restricted, setRestricted] = useState("yes");
  const sending = useSending();
  const lead = open(of).find((each) => each.values.relation === "LEAD");
  const workers = new Set(
    roles
      .filter((each) => ["KEY_WORKER", "SCHOOL_WORKER"].includes(each.values.role ?? ""))
      .map((each) => each.values.user ?? ""),
  );
  const send = () => {
    const problems: Record<string, string> = {};
    if (user === "") problems["user"] = say("places.no_user");
    if (relation === "") problems["relation"] = say("places.no_relation");
    sending.send(problems, async () => {
      const change = new Change(of.scope);
      // Handing over is one step: the old lead ends where the new one begins.
      if (relation === "LEAD" && lead !== undefined) {
        change.record("Assignment", lead.id).set("state", "ENDED").set("end_reason", "REORGANISED");
      }
      const place = change
        .record("Assignment")
        .set("user", user)
        .set("relation", relation)
        .set("reason", relation === "COVER" ? "ABSENCE_COVER" : "ALLOCATED")
        .set("from_on", today())
        .set("state", "OPEN");
      if (restricted === "yes" && relation !== "CO_WORKER") place.set("restricted", true);
      tell(say("places.saved"), await save(change));
      goInstead(to.family(of.scope));
    });
  };
  return (
    <Form sending={sending} onSend={send}>
      <h2 class="govuk-heading-m">{say("places.new")}</h2>
      <Picked
        id="user"
        label={say("places.user")}
        value={user}
        onValue={setUser}
        choices={[...staff].filter(([id]) => workers.has(id)).map(([value, label]) => ({ value, label }))}
        error={sending.problems["user"]}
      />
      <OneOf
        id="relation"
        label={say("places.relation")}
        value={relation}
        onValue={setRelation}
        choices={KINDS.map((value) => ({
          value,
          label: code("Assignment.relation", value),
          ...(value === "LEAD" && lead !== undefined
            ? { hint: say("places.ends_lead", { name: staff.get(lead.values.user ?? "") ?? "" }) }
            : {}),
        }))}
        error={sending.problems["relation"]}
      />
      {relation !== "CO_WORKER" && relation !== "" && (
        <OneOf
          label={say("places.reads_sealed")}
          value={restricted}
          onValue={setRestricted}
          choices={[
            { value: "yes", label: say("yes") },
            { value: "no", label: say("no") },
          ]}
          inline
        />
      )}
      <Send sending={sending} label={say("places.save")} />
    </Form>
  );
}
