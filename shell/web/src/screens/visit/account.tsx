// What was seen and said, what was done, and what it means for the children.
import { Paragraphs } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { say } from "../../words/words";
import type { Step } from "./visit";
import { Onward } from "./visit";

export function Account(props: Step) {
  const { story, draft } = props.writing;
  const { change } = props.keeping;
  return (
    <Page title={say("visit.step.account")} caption={story.name} back={to.visit(story.scope, draft.visit)}>
      <Paragraphs
        label={say("account.account")}
        hint={say("account.account_hint")}
        rows={8}
        value={draft.account}
        onValue={(account) => change({ account })}
      />
      <Paragraphs label={say("account.work")} rows={4} value={draft.work} onValue={(work) => change({ work })} />
      <Paragraphs
        label={say("account.adults")}
        rows={4}
        value={draft.adults}
        onValue={(adults) => change({ adults })}
      />
      <Paragraphs
        label={say("account.meaning")}
        rows={4}
        value={draft.meaning}
        onValue={(meaning) => change({ meaning })}
      />
      <Onward {...props} next="goals" />
    </Page>
  );
}
