// Where a plan stands, as the core computes it, and honestly where that is not certain yet.
import type { PlanAnswer } from "../../../gen/doorstep/v1/client_pb";
import { code, say } from "../../words/words";

const COLOURS: Record<string, string> = {
  APPROVED: "green",
  RETURNED: "red",
  SUBMITTED: "blue",
  CHANGED_SINCE_APPROVAL: "orange",
  CHANGED_SINCE_SUBMISSION: "orange",
  DRAFT: "grey",
  CLOSED: "grey",
};

export function PlanStatus(props: { plan: PlanAnswer }) {
  const { status, provisional, decisionsAtOdds } = props.plan;
  return (
    <>
      <strong class={`govuk-tag govuk-tag--${COLOURS[status] ?? "grey"} ds-tag`}>{code("PlanStatus", status)}</strong>
      {provisional && <strong class="govuk-tag govuk-tag--yellow ds-tag">{say("plan.provisional")}</strong>}
      {decisionsAtOdds && <strong class="govuk-tag govuk-tag--red ds-tag">{say("plan.at_odds")}</strong>}
    </>
  );
}
