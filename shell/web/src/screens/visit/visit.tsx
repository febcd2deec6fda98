// A visit written in steps that can be left and taken up again at any moment. The list of steps is the
// visit's page; each step is a screen of its own.
import type { Id } from "../../core/bytes";
import { Shown } from "../../parts/asked";
import { Page } from "../../parts/page";
import { go, to } from "../../routes";
import { instant } from "../../words/times";
import { say } from "../../words/words";
import { Account } from "./account";
import { Check } from "./check";
import { Children } from "./children";
import { Goals } from "./goals";
import type { Keeping } from "./keeping";
import { useKeeping } from "./keeping";
import { Next } from "./next";
import { missing } from "./sign";
import { Start } from "./start";
import { There } from "./there";
import type { Writing } from "./visit_draft";
import { met } from "./visit_draft";

export interface Step {
  writing: Writing;
  keeping: Keeping;
}

export function Visit(props: { scope: Id; id: Id; step: string }) {
  const keeping = useKeeping(props.scope, props.id);
  const { writing, error } = keeping;
  return (
    <Shown of={{ ...(writing === undefined ? {} : { value: writing }), ...(error === undefined ? {} : { error }) }}>
      {(now) => {
        if (now.visit?.values.state === "RECORDED") return <Signed writing={now} />;
        const step = { writing: now, keeping };
        switch (props.step) {
          case "there":
            return <There {...step} />;
          case "children":
            return <Children {...step} />;
          case "account":
            return <Account {...step} />;
          case "goals":
            return <Goals {...step} />;
          case "next":
            return <Next {...step} />;
          case "check":
            return <Check {...step} />;
          default:
            return <Tasks {...step} />;
        }
      }}
    </Shown>
  );
}

function Signed(props: { writing: Writing }) {
  const { story, draft } = props.writing;
  return (
    <Page title={say("visit.title")} caption={story.name} back={to.family(story.scope)}>
      <p class="govuk-body">{say("visit.signed_already")}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={to.record(story.scope, draft.visit)}>
          {say("visit.read")}
        </a>
      </p>
    </Page>
  );
}

const STEPS = ["there", "children", "account", "goals", "next"] as const;

function filled(of: Writing, step: (typeof STEPS)[number]): boolean {
  const { draft, story } = of;
  switch (step) {
    case "there":
      return draft.outcome !== "";
    case "children":
      return story.children.every((each) => (draft.children[each.id]?.seen ?? "") !== "");
    case "account":
      return draft.account.trim() !== "";
    case "goals":
      return draft.goals.length > 0;
    case "next":
      return draft.nextAt !== "";
  }
}

function Tasks(props: Step) {
  const { story, draft } = props.writing;
  const lacks = missing(props.writing);
  const steps = met(props.writing.draft) || draft.outcome === "" ? STEPS : (["there", "next"] as const);
  return (
    <Page title={say("visit.title")} caption={story.name} back={to.family(story.scope)}>
      <Start {...props} />
      <p class="govuk-body">{say("visit.leave_any_time")}</p>
      <ul class="govuk-task-list">
        {steps.map((step) => (
          <li class="govuk-task-list__item govuk-task-list__item--with-link" key={step}>
            <div class="govuk-task-list__name-and-hint">
              <a
                class="govuk-link govuk-task-list__link"
                href={to.visit(story.scope, draft.visit, step)}
                aria-describedby={`status-${step}`}
              >
                {say(`visit.step.${step}`)}
              </a>
            </div>
            <div class="govuk-task-list__status" id={`status-${step}`}>
              {filled(props.writing, step) ? (
                say("visit.done")
              ) : lacks.some((each) => each.step === step) ? (
                <strong class="govuk-tag govuk-tag--blue">{say("visit.to_do")}</strong>
              ) : (
                say(step === "goals" || step === "next" ? "visit.optional" : "visit.to_do")
              )}
            </div>
          </li>
        ))}
      </ul>
      <a class="govuk-button" href={to.visit(story.scope, draft.visit, "check")} role="button" draggable={false}>
        {say("visit.go_check")}
      </a>
      {draft.started !== "" && props.writing.visit?.values.started_at !== undefined && (
        <p class="govuk-body ds-quiet">
          {say("visit.under_way_since", { when: instant(props.writing.visit.values.started_at) })}
        </p>
      )}
    </Page>
  );
}

// Below each step: on to the next one; the draft is with the core before the screen is left.
export function Onward(props: { keeping: Keeping; writing: Writing; next: string }) {
  const { scope, visit } = props.writing.draft;
  const leave = (href: string) => (event: Event) => {
    event.preventDefault();
    void props.keeping.flush().then(() => go(href));
  };
  return (
    <>
      <p class="govuk-body ds-quiet" role="status">
        {props.keeping.kept !== undefined && say("visit.draft_kept")}
      </p>
      <div class="govuk-button-group">
        <button type="button" class="govuk-button" onClick={leave(to.visit(scope, visit, props.next))}>
          {say("visit.continue")}
        </button>
        <a class="govuk-link" href={to.visit(scope, visit)} onClick={leave(to.visit(scope, visit))}>
          {say("visit.to_list")}
        </a>
      </div>
    </>
  );
}
