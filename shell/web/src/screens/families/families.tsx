// Everybody this device carries, in the order of their names.
import { families } from "../../core/families";
import { Shown, useAsked } from "../../parts/asked";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { code, count, say } from "../../words/words";

export function Families() {
  const asked = useAsked(families);
  return (
    <Page title={say("families.title")}>
      <Shown of={asked}>
        {(lines) => (
          <>
            <p class="govuk-body">{count("families.count", lines.length)}</p>
            <ul class="ds-cards">
              {lines.map((each) => (
                <li class="ds-card" key={each.id}>
                  <p class="ds-card__title">
                    <a class="govuk-link" href={to.family(each.id)}>
                      {each.name}
                    </a>
                  </p>
                  <p class="ds-card__line">{say("families.place", { place: code("Assignment.relation", each.relation) })}</p>
                  <p class="ds-card__line">
                    <SafetyTag safety={each.safety} />{" "}
                    {each.contested > 0 && count("families.contested", each.contested)}{" "}
                    {each.held > 0 && count("families.held", each.held)}{" "}
                    {(each.suspect || each.stopped) && say("families.stopped")}
                  </p>
                </li>
              ))}
            </ul>
          </>
        )}
      </Shown>
    </Page>
  );
}
