// One family on one screen: what must be known before the door, who lives where, the last visit, the
// plan, then the story.
import type { Id } from "../../core/bytes";
import { Shown, useAsked } from "../../parts/asked";
import { useMe } from "../../parts/me";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { instant } from "../../words/times";
import { count, say } from "../../words/words";
import { Alerts } from "./alerts";
import { Chronology } from "./chronology";
import type { FamilyAnswer } from "./family_answer";
import { familyAnswer } from "./family_answer";
import { Involved } from "./involved";
import { People } from "./people";
import { PlanSummary } from "./plan_summary";

export function Family(props: { scope: Id }) {
  const asked = useAsked(() => familyAnswer(props.scope), [props.scope]);
  return (
    <Page
      title={say("family.title")}
      heading={asked.value === undefined ? say("family.title") : say("family.heading", { name: asked.value.story.name })}
      back={to.families()}
      wide
    >
      <Shown of={asked}>
        {(answer) => (
          <>
            <Alerts answer={answer} />
            <Doing answer={answer} />
            <div class="ds-columns">
              <div class="ds-columns__main">
                <LastAndNext answer={answer} />
                <PlanSummary answer={answer} />
                <Chronology answer={answer} />
              </div>
              <div class="ds-columns__side">
                <People answer={answer} />
                <Involved answer={answer} />
              </div>
            </div>
          </>
        )}
      </Shown>
    </Page>
  );
}

function Doing(props: { answer: FamilyAnswer }) {
  const { story, drafts } = props.answer;
  const { scope } = story;
  const me = useMe();
  const unfinished = drafts.filter((each) => each.draft.kind === "visit");
  return (
    <>
      {unfinished.length > 0 && (
        <p class="govuk-body">
          <a class="govuk-link govuk-!-font-weight-bold" href={to.visits(scope)}>
            {count("family.unfinished", unfinished.length)}
          </a>
        </p>
      )}
      <div class="govuk-button-group ds-doing">
        <a class="govuk-button" href={to.visits(scope)} role="button" draggable={false}>
          {say("family.record_visit")}
        </a>
        <a class="govuk-button govuk-button--secondary" href={to.note(scope)} role="button" draggable={false}>
          {say("family.write_note")}
        </a>
        <a class="govuk-button govuk-button--warning" href={to.concern(scope)} role="button" draggable={false}>
          {say("family.raise_concern")}
        </a>
        {me.supervises && (
          <>
            <a class="govuk-button govuk-button--secondary" href={to.oversight(scope)} role="button" draggable={false}>
              {say("family.oversight")}
            </a>
            <a class="govuk-button govuk-button--secondary" href={to.allocate(scope)} role="button" draggable={false}>
              {say("family.places")}
            </a>
          </>
        )}
      </div>
    </>
  );
}

function LastAndNext(props: { answer: FamilyAnswer }) {
  const visits = props.answer.story.of("Visit");
  const made = visits
    .filter((each) => each.values.started_at !== undefined && each.values.state !== "CANCELLED")
    .sort((a, b) => (b.values.started_at ?? "").localeCompare(a.values.started_at ?? ""))[0];
  const next = visits
    .filter((each) => each.values.state === "PLANNED")
    .sort((a, b) => (a.values.planned_at ?? "").localeCompare(b.values.planned_at ?? ""))[0];
  return (
    <dl class="govuk-summary-list">
      <div class="govuk-summary-list__row">
        <dt class="govuk-summary-list__key">{say("family.last_visit")}</dt>
        <dd class="govuk-summary-list__value">
          {made === undefined ? say("family.no_visit") : instant(made.values.started_at)}
        </dd>
      </div>
      <div class="govuk-summary-list__row">
        <dt class="govuk-summary-list__key">{say("family.next_visit")}</dt>
        <dd class="govuk-summary-list__value">
          {next === undefined ? say("family.no_next_visit") : instant(next.values.planned_at)}
        </dd>
      </div>
    </dl>
  );
}
