// Who has a place with this family.
import { say, code } from "../../words/words";
import type { FamilyAnswer } from "./family_answer";

export function Involved(props: { answer: FamilyAnswer }) {
  const places = props.answer.story.of("Assignment").filter((each) => each.values.state === "OPEN");
  return (
    <section aria-labelledby="involved">
      <h2 class="govuk-heading-m" id="involved">
        {say("involved.title")}
      </h2>
      <ul class="govuk-list">
        {places.map((each) => (
          <li key={each.id}>
            {props.answer.staff.get(each.values.user ?? "")?.values.name} ·{" "}
            {code("Assignment.relation", each.values.relation)}
          </li>
        ))}
      </ul>
    </section>
  );
}
