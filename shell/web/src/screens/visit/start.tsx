// Alone at somebody's door: the visit is begun with the time it should end, and ended by a word that
// one is safe. Both travel at once when there is signal.
import { useState } from "preact/hooks";
import { Change } from "../../core/change";
import { save } from "../../core/save";
import { useMe } from "../../parts/me";
import { Picked } from "../../parts/fields";
import { ErrorSummary, useSending } from "../../parts/form";
import { tell } from "../../parts/notice";
import { go, to } from "../../routes";
import { instant } from "../../words/times";
import { count, say } from "../../words/words";
import type { Step } from "./visit";

const MINUTES = [30, 45, 60, 90, 120];

export function Start(props: Step) {
  const { story, draft, visit } = props.writing;
  const me = useMe();
  const [minutes, setMinutes] = useState("60");
  const sending = useSending();
  const home = () => go(to.family(story.scope));

  const start = () =>
    sending.send({}, async () => {
      const now = new Date();
      const end = new Date(now.getTime() + Number(minutes || "60") * 60_000);
      const change = new Change(story.scope);
      const record = change.record("Visit", draft.visit);
      if (visit === undefined) {
        record.set("episode", story.episode?.id).set("worker", me.user).set("kind", draft.purpose).set("place", draft.place);
      }
      record
        .set("state", "UNDER_WAY")
        .set("started_at", now.toISOString())
        .set("expected_end_at", end.toISOString());
      tell(say("start.started", { when: instant(end.getTime()) }), await save(change));
      home();
    });

  const checkOut = () =>
    sending.send({}, async () => {
      const change = new Change(story.scope);
      change.record("Visit", draft.visit).set("checked_out_at", new Date().toISOString());
      tell(say("start.checked_out"), await save(change));
      home();
    });

  const { state, expected_end_at: until, checked_out_at: out } = visit?.values ?? {};
  if (state === "UNDER_WAY" && until !== undefined && out === undefined) {
    return (
      <div class="govuk-inset-text ds-inset">
        <ErrorSummary sending={sending} />
        <p class="govuk-body">{say("start.under_way", { when: instant(until) })}</p>
        <button type="button" class="govuk-button govuk-!-margin-bottom-0" onClick={checkOut}>
          {say("start.check_out")}
        </button>
      </div>
    );
  }
  if (state === "UNDER_WAY") return null;
  return (
    <details class="govuk-details">
      <summary class="govuk-details__summary">
        <span class="govuk-details__summary-text">{say("start.title")}</span>
      </summary>
      <div class="govuk-details__text">
        <ErrorSummary sending={sending} />
        <Picked
          label={say("start.how_long")}
          value={minutes}
          onValue={setMinutes}
          choices={MINUTES.map((n) => ({ value: String(n), label: count("time.minutes", n) }))}
        />
        <button type="button" class="govuk-button govuk-!-margin-bottom-0" onClick={start}>
          {say("start.start")}
        </button>
      </div>
    </details>
  );
}
