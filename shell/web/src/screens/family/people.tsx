// Who belongs to the family, how old, and where. An address that is kept from somebody is shown to
// those alone whose device can open it; everybody else reads the same sentence, whatever it holds.
import type { Rec } from "../../core/records";
import { sealed } from "../../core/records";
import type { Story } from "../../core/story";
import { day, years } from "../../words/times";
import { code, count, say } from "../../words/words";
import type { FamilyAnswer } from "./family_answer";
import { lead } from "./family_answer";

export function People(props: { answer: FamilyAnswer }) {
  const { story } = props.answer;
  return (
    <section aria-labelledby="people">
      <h2 class="govuk-heading-m" id="people">
        {say("people.title")}
      </h2>
      <ul class="ds-cards">
        {[...story.children, ...story.adults].map((each) => (
          <li class="ds-card" key={each.id}>
            <p class="ds-card__title">{story.person(each.id)}</p>
            <p class="ds-card__line">
              {code("Person.role", each.values.role)}
              {each.values.birth_on !== undefined &&
                ` · ${count("people.years", years(each.values.birth_on))} · ${say("people.born", { day: day(each.values.birth_on) })}`}
            </p>
            <School person={each} answer={props.answer} />
            <Reached person={each} story={story} />
            <Where person={each} answer={props.answer} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function School(props: { person: Rec<"Person">; answer: FamilyAnswer }) {
  const place = props.answer.story
    .of("SchoolPlacement")
    .find((each) => each.values.person === props.person.id && each.values.until_on === undefined);
  if (place === undefined || props.person.values.address_confidential) return null;
  const name = props.answer.schools.get(place.values.school ?? "")?.values.name;
  return <p class="ds-card__line">{name ?? code("SchoolPlacement.kind", place.values.kind)}</p>;
}

function Reached(props: { person: Rec<"Person">; story: Story }) {
  const points = props.story
    .of("ContactPoint")
    .filter((each) => each.values.person === props.person.id && each.values.until_on === undefined);
  const rule = props.person.values.contact_rule;
  return (
    <>
      {rule !== undefined && rule !== "ANY" && (
        <p class="ds-card__line">
          <strong>{code("Person.contact_rule", rule)}</strong>
        </p>
      )}
      {points.map((each) => (
        <p class="ds-card__line" key={each.id}>
          {each.values.value} {each.values.use !== "OK" && code("ContactPoint.use", each.values.use)}
        </p>
      ))}
    </>
  );
}

function Where(props: { person: Rec<"Person">; answer: FamilyAnswer }) {
  const { story } = props.answer;
  const { person } = props;
  if (person.values.address_confidential) {
    const safe = story
      .of("SafeAddress")
      .find((each) => each.values.person === person.id && each.values.state === "ACTIVE");
    if (safe !== undefined && !sealed(safe, "lines") && safe.values.lines !== undefined) {
      return (
        <p class="ds-card__line">
          <strong>{say("people.safe_address")}</strong> {safe.values.lines.replaceAll("\n", ", ")}
        </p>
      );
    }
    return <p class="ds-card__line">{say("people.confidential", { lead: lead(props.answer) })}</p>;
  }
  const address = story
    .of("Address")
    .filter((each) => each.values.person === person.id && each.values.until_on === undefined)
    .at(-1);
  if (address === undefined) return null;
  return (
    <p class="ds-card__line">
      {[address.values.lines?.replaceAll("\n", ", "), address.values.postcode].filter(Boolean).join(", ")}
    </p>
  );
}
