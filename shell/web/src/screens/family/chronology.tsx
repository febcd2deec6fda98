// What happened, latest first. Each line says how safe it is and leads to the whole record.
import type { Rec } from "../../core/records";
import type { Story } from "../../core/story";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { day, instant, localDate } from "../../words/times";
import { code, say } from "../../words/words";
import type { FamilyAnswer } from "./family_answer";

interface Event {
  at: string; // as text that sorts by time
  when: string;
  what: string;
  text: string;
  of: Rec;
}

const LINE_CHARACTERS = 220;

function shortened(text: string | undefined): string {
  const line = (text ?? "").replace(/\s+/g, " ");
  return line.length <= LINE_CHARACTERS ? line : `${line.slice(0, LINE_CHARACTERS)}…`;
}

function visits(story: Story): Event[] {
  return story
    .of("Visit")
    .filter((each) => each.values.state !== "PLANNED")
    .map((of) => {
      const at = of.values.started_at ?? of.values.planned_at ?? "";
      const seen = story
        .of("ChildSeen")
        .filter((each) => each.values.visit === of.id && each.values.seen)
        .map((each) => story.given(each.values.person));
      const who = seen.length > 0 ? say("chronology.seen", { names: seen.join(", ") }) : "";
      return {
        at,
        when: instant(at === "" ? undefined : at),
        what: `${say("chronology.visit")} · ${code("Visit.state", of.values.state)}`,
        text: [who, shortened(of.values.account)].filter(Boolean).join(" "),
        of,
      };
    });
}

function contacts(story: Story): Event[] {
  return story.of("Contact").map((of) => ({
    at: of.values.happened_at ?? "",
    when: instant(of.values.happened_at),
    what: code("Contact.kind", of.values.kind),
    text: shortened(of.values.text),
    of,
  }));
}

function concerns(story: Story): Event[] {
  return story.of("Concern").map((of) => ({
    at: of.values.noticed_at ?? "",
    when: instant(of.values.noticed_at),
    what: say("chronology.concern", { kind: code("Concern.kind", of.values.kind) }),
    text: shortened(of.values.account),
    of,
  }));
}

function dated(story: Story): Event[] {
  const events: Event[] = [];
  const add = (of: Rec, on: string | undefined, what: string, text: string | undefined) =>
    events.push({ at: on ?? "", when: day(on), what, text: shortened(text), of });
  for (const each of story.of("Referral")) {
    add(each, each.values.received_on, say("chronology.referral"), each.values.reason);
  }
  for (const each of story.of("ManagementOversight")) {
    add(each, each.values.written_on, say("chronology.oversight"), each.values.decision);
  }
  for (const each of story.of("Approval")) {
    add(each, each.values.decided_on, code("Approval.decision", each.values.decision), each.values.comment);
  }
  for (const each of story.of("ActionProgress")) {
    const action = story.get("Action", each.values.action);
    add(each, each.values.noted_on, code("ActionProgress.state", each.values.state), action?.values.wording);
  }
  return events;
}

export function Chronology(props: { answer: FamilyAnswer }) {
  const { story } = props.answer;
  const events = [...visits(story), ...contacts(story), ...concerns(story), ...dated(story)].sort((a, b) =>
    b.at.localeCompare(a.at),
  );
  return (
    <section aria-labelledby="chronology">
      <h2 class="govuk-heading-m" id="chronology">
        {say("chronology.title")}
      </h2>
      {events.length === 0 && <p class="govuk-body">{say("chronology.none")}</p>}
      <ol class="ds-story">
        {events.map((each) => (
          <li class="ds-story__event" key={each.of.id}>
            <p class="ds-story__when">
              <time dateTime={each.at.length > 10 ? localDate(new Date(each.at)) : each.at}>{each.when}</time>
            </p>
            <p class="ds-story__what">
              <a class="govuk-link" href={to.record(story.scope, each.of.id)}>
                {each.what}
              </a>{" "}
              <span class="ds-quiet">{each.of.view.madeByName}</span> <SafetyTag safety={each.of.view.safety} />
            </p>
            {each.text !== "" && <p class="ds-story__text">{each.text}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
