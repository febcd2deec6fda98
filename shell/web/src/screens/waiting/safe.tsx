// How safe everything is: what only this device has, what the office has received, what would survive
// the loss of both.
import { Safety } from "../../../gen/doorstep/v1/client_pb";
import { families } from "../../core/families";
import { Shown, useAsked } from "../../parts/asked";
import { useStatus } from "../../parts/me";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { age } from "../../words/times";
import { count, say } from "../../words/words";

export function Safe() {
  const status = useStatus();
  const asked = useAsked(families);
  return (
    <Page title={say("safe.title")}>
      <p class="govuk-body-l">
        {status.unsent > 0 ? count("strip.unsent", status.unsent) : status.allSynced ? say("strip.synced") : say("strip.not_met")}
      </p>
      <dl class="govuk-summary-list">
        {([Safety.SAVED_ON_THIS_DEVICE, Safety.RECEIVED_BY_THE_OFFICE, Safety.ARCHIVED] as const).map((each) => (
          <div class="govuk-summary-list__row" key={each}>
            <dt class="govuk-summary-list__key">
              <SafetyTag safety={each} />
            </dt>
            <dd class="govuk-summary-list__value">
              {each === Safety.SAVED_ON_THIS_DEVICE
                ? say("safe.saved")
                : each === Safety.RECEIVED_BY_THE_OFFICE
                  ? say("safe.received")
                  : say(status.hasArchive ? "safe.archived" : "safe.no_archive")}
            </dd>
          </div>
        ))}
      </dl>
      <p class="govuk-body">
        {status.lastContactMs > 0n
          ? say("strip.last", { age: age(Date.now() - Number(status.lastContactMs)) })
          : say("safe.never")}
      </p>
      <h2 class="govuk-heading-m">{say("safe.by_family")}</h2>
      <Shown of={asked}>
        {(lines) => (
          <ul class="govuk-list">
            {lines.map((each) => (
              <li key={each.id}>
                <a class="govuk-link" href={to.family(each.id)}>
                  {each.name}
                </a>{" "}
                <SafetyTag safety={each.safety} /> {each.unsent > 0 && count("safe.unsent", each.unsent)}
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </Page>
  );
}
