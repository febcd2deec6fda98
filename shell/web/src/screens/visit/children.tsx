// Each child of the family: seen or not, alone or not, and in their own words.
import type { Id } from "../../core/bytes";
import { OneOf, Paragraphs } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { years } from "../../words/times";
import { code, count, say } from "../../words/words";
import type { Step } from "./visit";
import { Onward } from "./visit";
import type { ChildDraft } from "./visit_draft";

const REASONS = ["TOO_YOUNG", "CHILD_CHOSE", "PARENT_REFUSED", "NO_CHANCE"];
const HEARD = ["SPOKEN", "DRAWN", "PLAYED", "OBSERVED", "SIGNED"];

export function Children(props: Step) {
  const { story, draft } = props.writing;
  const set = (id: Id, part: Partial<ChildDraft>) => {
    const before = draft.children[id];
    if (before !== undefined) {
      props.keeping.change({ children: { ...draft.children, [id]: { ...before, ...part } } });
    }
  };
  const yesNo = [
    { value: "yes", label: say("yes") },
    { value: "no", label: say("no") },
  ];
  return (
    <Page title={say("visit.step.children")} caption={story.name} back={to.visit(story.scope, draft.visit)}>
      {story.children.length === 0 && <p class="govuk-body">{say("children.none")}</p>}
      {story.children.map((each) => {
        const child = draft.children[each.id];
        if (child === undefined) return null;
        const name = story.given(each.id);
        return (
          <section class="ds-child" key={each.id} aria-label={name}>
            <h2 class="govuk-heading-m">
              {name}
              {each.values.birth_on !== undefined && (
                <span class="ds-quiet"> {count("people.years", years(each.values.birth_on))}</span>
              )}
            </h2>
            <OneOf
              label={say("children.seen", { name })}
              value={child.seen}
              onValue={(seen) => set(each.id, { seen })}
              choices={yesNo}
              inline
            />
            {child.seen === "yes" && (
              <>
                <OneOf
                  label={say("children.alone", { name })}
                  value={child.alone}
                  onValue={(alone) => set(each.id, { alone })}
                  choices={yesNo}
                  inline
                />
                {child.alone === "no" && (
                  <OneOf
                    label={say("children.reason")}
                    value={child.reason}
                    onValue={(reason) => set(each.id, { reason })}
                    choices={REASONS.map((value) => ({ value, label: code("ChildSeen.not_alone_reason", value) }))}
                    small
                  />
                )}
                <OneOf
                  label={say("children.heard", { name })}
                  value={child.heard}
                  onValue={(heard) => set(each.id, { heard })}
                  choices={HEARD.map((value) => ({ value, label: code("ChildSeen.how_heard", value) }))}
                  small
                />
                <Paragraphs
                  label={say("children.words", { name })}
                  hint={say("children.words_hint")}
                  rows={3}
                  value={child.words}
                  onValue={(words) => set(each.id, { words })}
                />
              </>
            )}
          </section>
        );
      })}
      <Onward {...props} next="account" />
    </Page>
  );
}
