// How safe everything is: what only this device has, what the office has received, what would survive
// the loss of both.
import { Safety } from "../../../gen/doorstep/v1/client_pb";
import type { SafetyCounts, UnsafeLine } from "../../../gen/doorstep/v1/client_pb";
import { hex } from "../../core/bytes";
import { ask } from "../../core/core";
import { Shown, useAsked } from "../../parts/asked";
import { useStatus } from "../../parts/me";
import { Page } from "../../parts/page";
import { SafetyTag } from "../../parts/safety";
import { to } from "../../routes";
import { age } from "../../words/times";
import { code, count, say } from "../../words/words";

async function notYetSafe(): Promise<{ counts: SafetyCounts | undefined; lines: UnsafeLine[] }> {
  let counts: SafetyCounts | undefined;
  const lines: UnsafeLine[] = [];
  for (const { kind } of await ask({ case: "notYetSafe", value: {} })) {
    if (kind.case === "safety") counts = kind.value;
    if (kind.case === "notYetSafe") lines.push(kind.value);
  }
  return { counts, lines };
}

export function Safe() {
  const status = useStatus();
  const asked = useAsked(notYetSafe);
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
      <Shown of={asked}>
        {({ lines }) =>
          lines.length > 0 && (
            <>
              <h2 class="govuk-heading-m">{say("safe.not_yet")}</h2>
              <ul class="ds-cards">
                {lines.map((each) => (
                  <Line line={each} key={`${hex(each.uid)}${hex(each.record?.id ?? each.uid)}`} />
                ))}
              </ul>
            </>
          )
        }
      </Shown>
    </Page>
  );
}

function Line(props: { line: UnsafeLine }) {
  const { line } = props;
  const scope = hex(line.scope);
  return (
    <li class="ds-card">
      <p class="ds-card__title">
        {line.family === "" || line.record === undefined ? (
          code("type", line.record?.typeName)
        ) : (
          <a class="govuk-link" href={to.record(scope, hex(line.record.id))}>
            {line.family} · {code("type", line.record.typeName)}
          </a>
        )}
      </p>
      <p class="ds-card__line">
        <SafetyTag safety={line.safety} /> {say("safe.saved_ago", { age: age(Number(line.ageMs)) })}
      </p>
      {line.words !== "" && <p class="ds-card__line">{line.words}</p>}
    </li>
  );
}
