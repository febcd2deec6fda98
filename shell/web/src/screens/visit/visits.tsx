// Which visit is to be written: one that was left unfinished, one that was planned, or a new one.
import type { Id } from "../../core/bytes";
import { newId } from "../../core/core";
import { drafts } from "../../core/drafts";
import { story } from "../../core/story";
import { Shown, useAsked } from "../../parts/asked";
import { Page } from "../../parts/page";
import { go, to } from "../../routes";
import { age, instant } from "../../words/times";
import { code, say } from "../../words/words";
import type { VisitDraft } from "./visit_draft";

async function choices(scope: Id) {
  const [family, kept] = await Promise.all([story(scope), drafts()]);
  const writing = kept.filter((each) => each.draft.kind === "visit" && each.draft.scope === scope);
  const begun = new Set(writing.map((each) => (each.draft as VisitDraft).visit));
  const open = family
    .of("Visit")
    .filter((each) => ["PLANNED", "UNDER_WAY"].includes(each.values.state ?? "") && !begun.has(each.id))
    .sort((a, b) => (a.values.planned_at ?? "").localeCompare(b.values.planned_at ?? ""));
  return { family, writing, open };
}

export function Visits(props: { scope: Id }) {
  const asked = useAsked(() => choices(props.scope), [props.scope]);
  const another = () => void newId().then((id) => go(to.visit(props.scope, id)));
  return (
    <Page title={say("visits.title")} caption={asked.value?.family.name} back={to.family(props.scope)}>
      <Shown of={asked}>
        {({ family, writing, open }) => (
          <>
            {writing.length > 0 && <h2 class="govuk-heading-m">{say("today.unfinished")}</h2>}
            <ul class="govuk-list">
              {writing.map((each) => (
                <li key={each.id}>
                  <a class="govuk-link" href={to.visit(props.scope, (each.draft as VisitDraft).visit)}>
                    {say("visits.draft", { age: age(Date.now() - each.savedMs) })}
                  </a>
                </li>
              ))}
            </ul>
            {open.length > 0 && <h2 class="govuk-heading-m">{say("visits.open")}</h2>}
            <ul class="govuk-list">
              {open.map((each) => (
                <li key={each.id}>
                  <a class="govuk-link" href={to.visit(props.scope, each.id)}>
                    {instant(each.values.planned_at ?? each.values.started_at)} ·{" "}
                    {code("Visit.kind", each.values.kind)} · {code("Visit.state", each.values.state)}
                  </a>
                </li>
              ))}
            </ul>
            {family.episode === undefined ? (
              <p class="govuk-body">{say("visits.no_episode")}</p>
            ) : (
              <button type="button" class="govuk-button" onClick={another}>
                {say("visits.new")}
              </button>
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}
