// The plan: what the family and the services agree to do, and what was decided about it.
import type { Id } from "../../core/bytes";
import { actionsOf, goalsOf, progressOf } from "../../core/plans";
import type { Rec } from "../../core/records";
import { accounts } from "../../core/records";
import { Shown, useAsked } from "../../parts/asked";
import { useMe } from "../../parts/me";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { day, daysBetween, today } from "../../words/times";
import type { Key } from "../../words/words";
import { code, count, say } from "../../words/words";
import { Scaling } from "../figures/scaling";
import type { PlanRead } from "./plan_read";
import { owner, planRead } from "./plan_read";
import { PlanStatus } from "./plan_status";

export function Plan(props: { scope: Id }) {
  const asked = useAsked(() => planRead(props.scope), [props.scope]);
  return (
    <Page title={say("plan.title")} caption={asked.value?.story.name} back={to.family(props.scope)} wide>
      <Shown of={asked}>
        {(read) =>
          read.story.plan === undefined ? (
            <>
              <p class="govuk-body">{say("plan.none")}</p>
              {read.story.episode === undefined ? (
                <p class="govuk-body">{say("visits.no_episode")}</p>
              ) : (
                <a class="govuk-button" href={to.planWords(props.scope)} role="button" draggable={false}>
                  {say("plan.begin")}
                </a>
              )}
            </>
          ) : (
            <Whole read={read} plan={read.story.plan} />
          )
        }
      </Shown>
    </Page>
  );
}

function Whole(props: { read: PlanRead; plan: Rec<"Plan"> }) {
  const { read, plan } = props;
  const { scope } = read.story;
  const me = useMe();
  const status = read.answer?.status ?? "";
  return (
    <>
      <p class="govuk-body">
        {read.answer !== undefined && <PlanStatus plan={read.answer} />} <SafetyTag safety={plan.view.safety} />
      </p>
      <div class="govuk-button-group ds-doing">
        {me.works && (
          <>
            <a class="govuk-button" href={to.submit(scope)} role="button" draggable={false}>
              {say("plan.submit")}
            </a>
            <a class="govuk-button govuk-button--secondary" href={to.agree(scope)} role="button" draggable={false}>
              {say("plan.agree")}
            </a>
          </>
        )}
        {me.supervises && status !== "DRAFT" && (
          <a class="govuk-button" href={to.decide(scope)} role="button" draggable={false}>
            {say("plan.decide")}
          </a>
        )}
        <a class="govuk-button govuk-button--secondary" href={to.copy(scope)} role="button" draggable={false}>
          {say("plan.copy")}
        </a>
      </div>
      <Words plan={plan} scope={scope} />
      <h2 class="govuk-heading-m">{say("plan.goals")}</h2>
      {goalsOf(read.story, plan).map((goal) => (
        <Goal goal={goal} read={read} key={goal.id} />
      ))}
      <p class="govuk-body">
        <a class="govuk-link" href={to.goal(scope, "new")}>
          {say("plan.add_goal")}
        </a>
      </p>
      <Scaling story={read.story} />
      <Decisions read={read} plan={plan} />
    </>
  );
}

const PARTS = ["aim", "if_things_get_worse", "words_of_children", "words_of_adults", "safety_plan"] as const;

function Words(props: { plan: Rec<"Plan">; scope: Id }) {
  return (
    <>
      <dl class="govuk-summary-list">
        {PARTS.map((part) => {
          const texts = accounts(props.plan, part).filter((each) => each.text !== "");
          if (texts.length === 0) return null;
          return (
            <div class="govuk-summary-list__row" key={part}>
              <dt class="govuk-summary-list__key">{say(`plan.${part}`)}</dt>
              <dd class="govuk-summary-list__value">
                {texts.map((each) => (
                  <p class="govuk-body ds-text" key={each.text}>
                    {each.text}
                    {texts.length > 1 && <span class="ds-quiet"> {say("record.by", { name: each.by })}</span>}
                  </p>
                ))}
                {texts.length > 1 && (
                  <p class="govuk-body">
                    <a class="govuk-link" href={to.waiting()}>
                      {say("plan.two_accounts")}
                    </a>
                  </p>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      <p class="govuk-body">
        <a class="govuk-link" href={to.planWords(props.scope)}>
          {say("plan.write_words")}
        </a>
      </p>
    </>
  );
}

function Goal(props: { goal: Rec<"Goal">; read: PlanRead }) {
  const { goal, read } = props;
  const { scope } = read.story;
  return (
    <section class="govuk-summary-card" aria-label={goal.values.wording}>
      <div class="govuk-summary-card__title-wrapper">
        <h3 class="govuk-summary-card__title">{goal.values.wording}</h3>
        <ul class="govuk-summary-card__actions">
          <li class="govuk-summary-card__action">
            <a class="govuk-link" href={to.goal(scope, goal.id)}>
              {say("plan.change_goal")}
              <span class="govuk-visually-hidden"> {goal.values.wording}</span>
            </a>
          </li>
        </ul>
      </div>
      <div class="govuk-summary-card__content">
        <p class="govuk-body-s">
          {goal.values.due_on !== undefined && say("due_on", { day: day(goal.values.due_on) })}{" "}
          {goal.values.target !== undefined &&
            say("plan.from_to", { from: goal.values.baseline ?? "–", to: goal.values.target })}
        </p>
        <ul class="govuk-list">
          {actionsOf(read.story, goal).map((action) => (
            <Action action={action} goal={goal} read={read} key={action.id} />
          ))}
        </ul>
        <p class="govuk-body govuk-!-margin-bottom-0">
          <a class="govuk-link" href={to.action(scope, goal.id, "new")}>
            {say("plan.add_action")}
            <span class="govuk-visually-hidden"> {goal.values.wording}</span>
          </a>
        </p>
      </div>
    </section>
  );
}

function Action(props: { action: Rec<"Action">; goal: Rec<"Goal">; read: PlanRead }) {
  const { action, read } = props;
  const { scope } = read.story;
  const progress = progressOf(read.story, action);
  const state = progress?.values.state;
  const over = state === "DONE" || state === "NOT_DONE";
  const late = over ? 0 : daysBetween(action.values.due_on ?? today(), today());
  return (
    <li class="ds-action">
      <a class="govuk-link" href={to.action(scope, props.goal.id, action.id)}>
        {action.values.wording}
      </a>
      <br />
      <span class="ds-quiet">
        {[
          owner(action, read),
          say("due_on", { day: day(action.values.due_on) }),
          code("ActionProgress.state", state ?? "NOT_STARTED"),
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>{" "}
      {late > 0 && <strong>{count("overdue", late)}</strong>}{" "}
      <a class="govuk-link" href={to.progress(scope, action.id)}>
        {say("goals.progress")}
        <span class="govuk-visually-hidden"> {action.values.wording}</span>
      </a>
    </li>
  );
}

function Decisions(props: { read: PlanRead; plan: Rec<"Plan"> }) {
  const { story } = props.read;
  const decisions = story.of("Approval").filter((each) => each.values.subject === props.plan.id);
  if (decisions.length === 0) return null;
  return (
    <section aria-labelledby="decisions">
      <h2 class="govuk-heading-m" id="decisions">
        {say("plan.decisions")}
      </h2>
      <ul class="govuk-list">
        {[...decisions].reverse().map((each) => (
          <li key={each.id}>
            {day(each.values.decided_on)} · <strong>{code("Approval.decision", each.values.decision)}</strong> ·{" "}
            {each.values.person === undefined ? each.view.madeByName : story.person(each.values.person)}{" "}
            <SafetyTag safety={each.view.safety} />
            {each.values.comment !== undefined && <p class="ds-story__text">{each.values.comment}</p>}
            {(each.values.about ?? []).length > 0 && (
              <p class="ds-quiet">
                {say("plan.about", {
                  what: (each.values.about ?? [])
                    .map((id) => story.get("Goal", id)?.values.wording ?? story.get("Action", id)?.values.wording ?? "")
                    .join("; "),
                })}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export type PlanPart = (typeof PARTS)[number];
export const PLAN_PARTS = PARTS;
export function partLabel(part: PlanPart): string {
  return say(`plan.${part}` as Key);
}
