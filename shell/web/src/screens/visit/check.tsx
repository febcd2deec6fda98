// Everything once more before it is signed; what is missing leads to where it is asked.
import type { ComponentChildren } from "preact";
import { Form, Send, useSending } from "../../parts/form";
import { useMe } from "../../parts/me";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { goInstead, to } from "../../routes";
import { fromField, instant } from "../../words/times";
import { code, say } from "../../words/words";
import { missing, sign } from "./sign";
import type { Step } from "./visit";
import { met } from "./visit_draft";

export function Check(props: Step) {
  const { story, draft } = props.writing;
  const me = useMe();
  const sending = useSending();
  const lacks = missing(props.writing);
  const send = () =>
    sending.send({}, async () => {
      await props.keeping.flush();
      tell(say("check.signed"), ...(await sign(props.writing, me.user)));
      goInstead(to.family(story.scope));
    });
  return (
    <Page title={say("check.title")} caption={story.name} back={to.visit(story.scope, draft.visit)}>
      {lacks.length > 0 && (
        <div class="govuk-inset-text ds-inset">
          <h2 class="govuk-heading-s">{say("check.missing")}</h2>
          <ul class="govuk-list">
            {lacks.map((each) => (
              <li key={each.text}>
                <a class="govuk-link" href={to.visit(story.scope, draft.visit, each.step)}>
                  {each.text}
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Answers {...props} />
      {lacks.length === 0 && (
        <Form sending={sending} onSend={send}>
          <p class="govuk-body">{say("check.after_signing")}</p>
          <Send sending={sending} label={say("check.sign")} />
        </Form>
      )}
    </Page>
  );
}

function Row(props: Step & { step: string; label: string; children: ComponentChildren }) {
  const { scope, visit } = props.writing.draft;
  return (
    <div class="govuk-summary-list__row">
      <dt class="govuk-summary-list__key">{props.label}</dt>
      <dd class="govuk-summary-list__value ds-text">{props.children}</dd>
      <dd class="govuk-summary-list__actions">
        <a class="govuk-link" href={to.visit(scope, visit, props.step)}>
          {say("check.change")}
          <span class="govuk-visually-hidden"> {props.label}</span>
        </a>
      </dd>
    </div>
  );
}

function Answers(props: Step) {
  const { story, draft } = props.writing;
  const time = (text: string) => instant(fromField(text)) || say("check.nothing");
  const text = (given: string) => given || say("check.nothing");
  return (
    <dl class="govuk-summary-list">
      <Row {...props} step="there" label={say("there.outcome")}>
        {text(code("Visit.outcome", draft.outcome || undefined))}
      </Row>
      <Row {...props} step="there" label={say("check.when")}>
        {time(draft.started)} – {draft.ended === "" ? say("check.nothing") : time(draft.ended)}
      </Row>
      {met(draft) && (
        <>
          <Row {...props} step="there" label={say("there.present")}>
            {text([...draft.present.map((each) => story.person(each)), draft.others].filter(Boolean).join(", "))}
          </Row>
          {story.children.map((each) => {
            const child = draft.children[each.id];
            const seen = child?.seen === "yes" ? say("check.seen") : child?.seen === "no" ? say("check.not_seen") : "";
            const alone = child?.alone === "yes" ? say("check.alone") : child?.alone === "no" ? say("check.not_alone") : "";
            return (
              <Row {...props} step="children" label={story.given(each.id)} key={each.id}>
                {text([seen, child?.seen === "yes" ? alone : "", child?.words ?? ""].filter(Boolean).join(". "))}
              </Row>
            );
          })}
          <Row {...props} step="account" label={say("account.account")}>
            {text(draft.account)}
          </Row>
          <Row {...props} step="account" label={say("account.meaning")}>
            {text(draft.meaning)}
          </Row>
          <Row {...props} step="goals" label={say("goals.worked_on")}>
            {text(draft.goals.map((each) => story.get("Goal", each)?.values.wording ?? "").join("; "))}
          </Row>
        </>
      )}
      <Row {...props} step="next" label={say("next.when")}>
        {time(draft.nextAt)}
      </Row>
    </dl>
  );
}
