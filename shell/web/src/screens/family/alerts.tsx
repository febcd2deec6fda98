// What must be known before the door opens, or a word is said to the wrong person.
import type { Rec } from "../../core/records";
import { accounts } from "../../core/records";
import { to } from "../../routes";
import { day, today } from "../../words/times";
import { code, say } from "../../words/words";
import type { FamilyAnswer } from "./family_answer";

export function Alerts(props: { answer: FamilyAnswer }) {
  const { story } = props.answer;
  const markers = story.of("Marker").filter((each) => each.values.state === "ACTIVE");
  const concerns = story.of("Concern").filter((each) => each.values.state !== "CLOSED");
  const family = story.of("Family")[0];
  const notes = family === undefined ? [] : accounts(family, "door_note");
  if (markers.length + concerns.length + notes.length === 0) return null;
  return (
    <section class="ds-alerts" aria-labelledby="alerts">
      <h2 class="govuk-heading-m" id="alerts">
        {say("alerts.title")}
      </h2>
      <ul class="govuk-list">
        {concerns.map((each) => (
          <li key={each.id}>
            <strong>{say("alerts.concern", { kind: code("Concern.kind", each.values.kind) })}</strong>{" "}
            {code("Concern.level", each.values.level)} ·{" "}
            <a class="govuk-link" href={to.concernCall(each.scope, each.id)}>
              {code("Concern.state", each.values.state)}
              <span class="govuk-visually-hidden"> {say("alerts.open_concern")}</span>
            </a>
          </li>
        ))}
        {markers.map((each) => (
          <Marker marker={each} who={story.person(each.values.person)} key={each.id} />
        ))}
        {notes.map((each) => (
          <li key={each.text}>{each.text}</li>
        ))}
      </ul>
    </section>
  );
}

function Marker(props: { marker: Rec<"Marker">; who: string }) {
  const { values } = props.marker;
  const late = (values.review_on ?? "") < today();
  return (
    <li>
      <strong>{code("Marker.kind", values.kind)}</strong> {props.who && `(${props.who})`}{" "}
      {accounts(props.marker, "narrative").map((each) => (
        <span key={each.text}>{each.text} </span>
      ))}
      <span class="ds-quiet">
        {say(late ? "alerts.review_late" : "alerts.review", { day: day(values.review_on) })}
        {values.told_person === "NOT_TO_BE_TOLD" && ` · ${say("alerts.not_told")}`}
      </span>
    </li>
  );
}
