// Whom to telephone, out of the directory and so without a network too.
import { records } from "../../core/core";
import { useAsked } from "../../parts/asked";
import { say } from "../../words/words";

export function NotAReferral() {
  return (
    <div class="govuk-warning-text">
      <span class="govuk-warning-text__icon" aria-hidden="true">
        !
      </span>
      <strong class="govuk-warning-text__text">
        <span class="govuk-visually-hidden">{say("warning")} </span>
        {say("concern.not_a_referral")}
      </strong>
    </div>
  );
}

function Number(props: { label: string; number: string | undefined }) {
  return (
    <div class="govuk-summary-list__row">
      <dt class="govuk-summary-list__key">{props.label}</dt>
      <dd class="govuk-summary-list__value">
        {props.number === undefined ? (
          say("numbers.none")
        ) : (
          <a class="govuk-link ds-number" href={`tel:${props.number.replace(/[^+\d]/g, "")}`}>
            {props.number}
          </a>
        )}
      </dd>
    </div>
  );
}

export function Numbers() {
  const { value } = useAsked(() => records("Authority"));
  const values = value?.[0]?.values;
  return (
    <dl class="govuk-summary-list">
      <Number label={say("numbers.danger")} number="999" />
      <Number label={say("numbers.hub")} number={values?.hub_phone} />
      <Number label={say("numbers.out_of_hours")} number={values?.out_of_hours_phone} />
    </dl>
  );
}
