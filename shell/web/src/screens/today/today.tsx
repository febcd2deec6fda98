// A key worker's first screen: what was left unfinished, today's visits, actions due.
import type { Rec } from "../../core/records";
import { Shown, useAsked } from "../../parts/asked";
import { useMe, useStatus } from "../../parts/me";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { age, clock, day, daysBetween, instant, today } from "../../words/times";
import { code, count, say } from "../../words/words";
import type { VisitDraft } from "../visit/visit_draft";
import type { TodayAnswer } from "./today_answer";
import { todayAnswer } from "./today_answer";

export function Today() {
  const me = useMe();
  const asked = useAsked(() => todayAnswer(me.user), [me.user]);
  return (
    <Page title={say("today.title")}>
      <Shown of={asked}>
        {(answer) => (
          <>
            <Unsent />
            <Concerns answer={answer} />
            <Unfinished answer={answer} />
            <section aria-labelledby="visits-today">
              <h2 class="govuk-heading-m" id="visits-today">
                {say("today.visits")}
              </h2>
              {answer.now.length === 0 && <p class="govuk-body">{say("today.no_visits")}</p>}
              <ul class="ds-cards">
                {answer.now.map((each) => (
                  <VisitCard visit={each} answer={answer} key={each.id} />
                ))}
              </ul>
              <p class="govuk-body">
                <a class="govuk-link" href={to.families()}>
                  {say("today.other_family")}
                </a>
              </p>
            </section>
            <Actions answer={answer} />
            <Later answer={answer} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Unsent() {
  const { unsent } = useStatus();
  if (unsent === 0) return null;
  return (
    <div class="govuk-inset-text ds-inset">
      {count("today.unsent", unsent)}{" "}
      <a class="govuk-link" href={to.safe()}>
        {say("today.unsent_which")}
      </a>
    </div>
  );
}

function Concerns(props: { answer: TodayAnswer }) {
  return (
    <>
      {props.answer.concerns.map((each) => (
        <div class="govuk-warning-text" key={each.id} role="alert">
          <span class="govuk-warning-text__icon" aria-hidden="true">
            !
          </span>
          <strong class="govuk-warning-text__text">
            <span class="govuk-visually-hidden">{say("warning")} </span>
            {say("today.concern", { family: props.answer.names.get(each.scope) ?? "" })}{" "}
            <a class="govuk-link" href={to.concernCall(each.scope, each.id)}>
              {say("today.concern_numbers")}
            </a>
          </strong>
        </div>
      ))}
    </>
  );
}

function Unfinished(props: { answer: TodayAnswer }) {
  const visits = props.answer.drafts.filter((each) => each.draft.kind === "visit");
  if (visits.length === 0) return null;
  return (
    <section aria-labelledby="unfinished">
      <h2 class="govuk-heading-m" id="unfinished">
        {say("today.unfinished")}
      </h2>
      <ul class="ds-cards">
        {visits.map((each) => (
          <li class="ds-card" key={each.id}>
            <p class="ds-card__title">{props.answer.names.get(each.draft.scope)}</p>
            <p class="ds-card__line">
              {say("today.draft_saved", { age: age(Date.now() - each.savedMs) })}
            </p>
            <p class="ds-card__line">
              <a
                class="govuk-link"
                href={to.visit(each.draft.scope, (each.draft as VisitDraft).visit)}
              >
                {say("today.draft_go_on")}
                <span class="govuk-visually-hidden"> {props.answer.names.get(each.draft.scope)}</span>
              </a>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function VisitCard(props: { visit: Rec<"Visit">; answer: TodayAnswer }) {
  const { visit } = props;
  const family = props.answer.names.get(visit.scope) ?? "";
  const at = visit.values.planned_at ?? visit.values.started_at;
  const underWay = visit.values.state === "UNDER_WAY";
  return (
    <li class="ds-card">
      <p class="ds-card__title">
        {at !== undefined && <span class="ds-card__time">{clock(at)}</span>}{" "}
        <a class="govuk-link" href={to.family(visit.scope)}>
          {family}
        </a>
      </p>
      <p class="ds-card__line">
        {code("Visit.kind", visit.values.kind)} {visit.values.place && `· ${code("Visit.place", visit.values.place)}`}{" "}
        {underWay && at !== undefined && `· ${say("today.started", { when: instant(at) })}`}
      </p>
      <p class="ds-card__line">
        <SafetyTag safety={visit.view.safety} />
      </p>
      <p class="ds-card__line">
        <a class="govuk-link" href={to.visit(visit.scope, visit.id)}>
          {say(underWay ? "today.write_visit" : "today.start_visit")}
          <span class="govuk-visually-hidden"> {family}</span>
        </a>
      </p>
    </li>
  );
}

function Actions(props: { answer: TodayAnswer }) {
  const { actions, names } = props.answer;
  return (
    <section aria-labelledby="actions-due">
      <h2 class="govuk-heading-m" id="actions-due">
        {say("today.actions")}
      </h2>
      {actions.length === 0 && <p class="govuk-body">{say("today.no_actions")}</p>}
      <ul class="ds-cards">
        {actions.map((each) => {
          const late = daysBetween(each.values.due_on ?? today(), today());
          return (
            <li class="ds-card" key={each.id}>
              <p class="ds-card__title">{each.values.wording}</p>
              <p class="ds-card__line">
                {names.get(each.scope)} · {say("due_on", { day: day(each.values.due_on) })}{" "}
                {late > 0 && <strong>{count("overdue", late)}</strong>}
              </p>
              <p class="ds-card__line">
                <a class="govuk-link" href={to.progress(each.scope, each.id)}>
                  {say("today.progress")}
                  <span class="govuk-visually-hidden"> {each.values.wording}</span>
                </a>
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Later(props: { answer: TodayAnswer }) {
  const { later, names } = props.answer;
  if (later.length === 0) return null;
  return (
    <section aria-labelledby="visits-later">
      <h2 class="govuk-heading-m" id="visits-later">
        {say("today.later")}
      </h2>
      <ul class="govuk-list">
        {later.map((each) => (
          <li key={each.id}>
            {instant(each.values.planned_at)} ·{" "}
            <a class="govuk-link" href={to.visit(each.scope, each.id)}>
              {names.get(each.scope)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
