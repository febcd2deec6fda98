// How safe words are, in the three honest steps; nothing where the core says nothing. Told by words and
// by a shape, not by colour alone.
import { Safety } from "../../gen/doorstep/v1/client_pb";
import { say } from "../words/words";

export function SafetyTag(props: { safety: Safety }) {
  switch (props.safety) {
    case Safety.SAVED_ON_THIS_DEVICE:
      return <strong class="govuk-tag govuk-tag--yellow ds-tag">○ {say("safety.saved")}</strong>;
    case Safety.RECEIVED_BY_THE_OFFICE:
      return <strong class="govuk-tag govuk-tag--green ds-tag">● {say("safety.received")}</strong>;
    case Safety.ARCHIVED:
      return <strong class="govuk-tag govuk-tag--blue ds-tag">◆ {say("safety.archived")}</strong>;
    default:
      return null;
  }
}
