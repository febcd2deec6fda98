// A concern that was raised: how far it has come, whom to telephone, and what each call said.
import { useState } from "preact/hooks";
import { Safety } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { Change } from "../../core/change";
import type { Rec } from "../../core/records";
import { save } from "../../core/save";
import type { Story } from "../../core/story";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { Line, OneOf, Paragraphs, Picked } from "../../parts/fields";
import { ErrorSummary, Form, Send, useSending } from "../../parts/form";
import { useMe } from "../../parts/me";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { instant } from "../../words/times";
import { code, say } from "../../words/words";
import { NotAReferral, Numbers } from "./numbers";

const CALLED = ["SAFEGUARDING_HUB", "OUT_OF_HOURS", "POLICE", "SUPERVISOR", "SCHOOL_LEAD"];
const OUTCOMES = ["REFERRED", "ALREADY_KNOWN", "ADVICE_GIVEN", "NO_FURTHER_ACTION"];

export function ConcernCalls(props: { scope: Id; id: Id }) {
  const asked = useAsked(() => story(props.scope), [props.scope]);
  const me = useMe();
  return (
    <Page title={say("calls.title")} caption={asked.value?.name} back={to.family(props.scope)}>
      <Shown of={asked}>
        {(family) => {
          const concern = family.get("Concern", props.id);
          if (concern === undefined) return <p class="govuk-body">{say("record.not_here")}</p>;
          const calls = family.of("ConcernCall").filter((each) => each.values.concern === props.id);
          return (
            <>
              <About concern={concern} family={family} />
              {!calls.some((each) => each.values.answered) && <NotAReferral />}
              <Numbers />
              <Calls calls={calls} />
              <NewCall scope={props.scope} concern={props.id} />
              {me.supervises && <Answer concern={concern} />}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function About(props: { concern: Rec<"Concern">; family: Story }) {
  const { values, view } = props.concern;
  return (
    <>
      <p class="govuk-body">
        <strong>{code("Concern.level", values.level)}</strong> · {code("Concern.kind", values.kind)} ·{" "}
        {code("Concern.state", values.state)} <SafetyTag safety={view.safety} />
      </p>
      {view.safety === Safety.SAVED_ON_THIS_DEVICE && (
        <p class="govuk-inset-text ds-inset" role="alert">
          {say("calls.not_received")}
        </p>
      )}
      <p class="govuk-body">
        {(values.persons ?? []).map((each) => props.family.person(each)).join(", ")} · {instant(values.noticed_at)} ·{" "}
        {view.madeByName}
      </p>
      <p class="govuk-body ds-text">{values.account}</p>
      {values.restricted_account !== undefined && <p class="govuk-body ds-text">{values.restricted_account}</p>}
    </>
  );
}

function Calls(props: { calls: Rec<"ConcernCall">[] }) {
  if (props.calls.length === 0) return null;
  return (
    <section aria-labelledby="calls">
      <h2 class="govuk-heading-m" id="calls">
        {say("calls.made")}
      </h2>
      <ul class="govuk-list">
        {props.calls.map(({ id, values, view }) => (
          <li key={id}>
            {instant(values.called_at)} · {code("ConcernCall.called", values.called)} ·{" "}
            {values.answered ? say("calls.spoke_to", { name: values.spoke_to ?? "" }) : say("calls.no_answer")}{" "}
            {values.reference !== undefined && say("calls.reference", { reference: values.reference })}{" "}
            <SafetyTag safety={view.safety} />
            {values.advice !== undefined && <p class="ds-story__text">{values.advice}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function NewCall(props: { scope: Id; concern: Id }) {
  const [called, setCalled] = useState("SAFEGUARDING_HUB");
  const [answered, setAnswered] = useState("");
  const [spokeTo, setSpokeTo] = useState("");
  const [reference, setReference] = useState("");
  const [advice, setAdvice] = useState("");
  const sending = useSending();
  const send = () =>
    sending.send(answered === "" ? { answered: say("calls.no_answered") } : {}, async () => {
      const change = new Change(props.scope);
      change
        .record("ConcernCall")
        .set("concern", props.concern)
        .set("called", called)
        .set("called_at", new Date().toISOString())
        .set("answered", answered === "yes")
        .set("spoke_to", spokeTo)
        .set("reference", reference)
        .set("advice", advice);
      tell(say("calls.saved"), await save(change));
      setAnswered("");
      setSpokeTo("");
      setReference("");
      setAdvice("");
      scrollTo(0, 0);
    });
  return (
    <section aria-labelledby="new-call">
      <h2 class="govuk-heading-m" id="new-call">
        {say("calls.new")}
      </h2>
      <Form sending={sending} onSend={send}>
        <Picked
          label={say("calls.called")}
          value={called}
          onValue={setCalled}
          choices={CALLED.map((value) => ({ value, label: code("ConcernCall.called", value) }))}
        />
        <OneOf
          id="answered"
          label={say("calls.answered")}
          value={answered}
          onValue={setAnswered}
          choices={[
            { value: "yes", label: say("yes") },
            { value: "no", label: say("no") },
          ]}
          inline
          error={sending.problems["answered"]}
        />
        {answered === "yes" && (
          <>
            <Line label={say("calls.who")} value={spokeTo} onValue={setSpokeTo} />
            <Line label={say("calls.their_reference")} value={reference} onValue={setReference} />
            <Paragraphs label={say("calls.advice")} rows={3} value={advice} onValue={setAdvice} />
          </>
        )}
        <Send sending={sending} label={say("calls.save")} />
      </Form>
    </section>
  );
}

// The supervisor has read it and acts on it; later it has been dealt with.
function Answer(props: { concern: Rec<"Concern"> }) {
  const { concern } = props;
  const [outcome, setOutcome] = useState("");
  const sending = useSending();
  const move = (state: string) =>
    sending.send(state === "CLOSED" && outcome === "" ? { outcome: say("calls.no_outcome") } : {}, async () => {
      const change = new Change(concern.scope);
      change
        .record("Concern", concern.id)
        .set("state", state)
        .set("close_outcome", state === "CLOSED" ? outcome : undefined);
      tell(say(state === "CLOSED" ? "calls.closed" : "calls.acknowledged"), await save(change));
    });
  if (concern.values.state === "CLOSED") return null;
  return (
    <section aria-labelledby="answer">
      <h2 class="govuk-heading-m" id="answer">
        {say("calls.answer")}
      </h2>
      <ErrorSummary sending={sending} />
      {concern.values.state === "RAISED" ? (
        <button type="button" class="govuk-button" onClick={() => move("ACKNOWLEDGED")}>
          {say("calls.acknowledge")}
        </button>
      ) : (
        <>
          <Picked
            id="outcome"
            label={say("calls.outcome")}
            value={outcome}
            onValue={setOutcome}
            choices={OUTCOMES.map((value) => ({ value, label: code("Concern.close_outcome", value) }))}
            error={sending.problems["outcome"]}
          />
          <button type="button" class="govuk-button" onClick={() => move("CLOSED")}>
            {say("calls.close")}
          </button>
        </>
      )}
    </section>
  );
}
