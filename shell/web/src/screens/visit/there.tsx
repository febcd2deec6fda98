// Whether anybody was met, when, where and with whom.
import { AnyOf, Line, OneOf, Picked } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { code, say } from "../../words/words";
import type { Step } from "./visit";
import { Onward } from "./visit";
import { met } from "./visit_draft";

const OUTCOMES = ["FACE_TO_FACE", "VIRTUAL", "NO_ANSWER", "REFUSED", "CANCELLED_BY_FAMILY", "CANCELLED_BY_SERVICE"];
const PURPOSES = ["SUPPORT", "ASSESSMENT", "PARENTING", "SCHOOL", "JOINT", "CLOSING"];
const PLACES = ["HOME", "SCHOOL", "CENTRE", "VIDEO", "OTHER"];

export function There(props: Step) {
  const { story, draft } = props.writing;
  const { change } = props.keeping;
  return (
    <Page title={say("visit.step.there")} caption={story.name} back={to.visit(story.scope, draft.visit)}>
      <OneOf
        label={say("there.outcome")}
        value={draft.outcome}
        onValue={(outcome) => change({ outcome })}
        choices={OUTCOMES.map((value) => ({ value, label: code("Visit.outcome", value) }))}
      />
      <Line
        label={say("there.started")}
        type="datetime-local"
        value={draft.started}
        onValue={(started) => change({ started })}
      />
      {(met(draft) || draft.outcome === "") && (
        <>
          <Line
            label={say("there.ended")}
            type="datetime-local"
            value={draft.ended}
            onValue={(ended) => change({ ended })}
          />
          <AnyOf
            label={say("there.present")}
            values={draft.present}
            onValues={(present) => change({ present })}
            choices={story.people.map((each) => ({ value: each.id, label: story.person(each.id) }))}
          />
          <Line label={say("there.others")} value={draft.others} onValue={(others) => change({ others })} />
        </>
      )}
      <Picked
        label={say("there.purpose")}
        value={draft.purpose}
        onValue={(purpose) => change({ purpose })}
        choices={PURPOSES.map((value) => ({ value, label: code("Visit.kind", value) }))}
      />
      <Picked
        label={say("there.place")}
        value={draft.place}
        onValue={(place) => change({ place })}
        choices={PLACES.map((value) => ({ value, label: code("Visit.place", value) }))}
      />
      <Onward {...props} next={met(draft) ? "children" : "next"} />
    </Page>
  );
}
