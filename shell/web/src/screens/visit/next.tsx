// What was agreed at the door.
import { Line, Picked } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { code, say } from "../../words/words";
import type { Step } from "./visit";
import { Onward } from "./visit";

const PLACES = ["HOME", "SCHOOL", "CENTRE", "VIDEO", "OTHER"];

export function Next(props: Step) {
  const { story, draft } = props.writing;
  const { change } = props.keeping;
  return (
    <Page title={say("visit.step.next")} caption={story.name} back={to.visit(story.scope, draft.visit)}>
      <Line
        label={say("next.when")}
        hint={say("next.hint")}
        type="datetime-local"
        value={draft.nextAt}
        onValue={(nextAt) => change({ nextAt })}
      />
      <Picked
        label={say("there.place")}
        value={draft.nextPlace}
        onValue={(nextPlace) => change({ nextPlace })}
        choices={PLACES.map((value) => ({ value, label: code("Visit.place", value) }))}
      />
      <Onward {...props} next="check" />
    </Page>
  );
}
