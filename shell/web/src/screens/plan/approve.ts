// A decision about exactly the version that the person was shown.
import type { PlanAnswer } from "../../../gen/doorstep/v1/client_pb";
import { Change } from "../../core/change";
import type { RecordChange } from "../../core/change";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { ChangedMeanwhile, planAnswer } from "../../core/plans";
import type { Saved } from "../../core/save";
import { save } from "../../core/save";
import { today } from "../../words/times";

export async function decide(
  scope: Id,
  read: PlanAnswer,
  decision: string,
  more: (record: RecordChange<"Approval">) => void = () => undefined,
): Promise<Saved> {
  const plan = hex(read.plan);
  const now = await planAnswer(plan);
  if (now === undefined || hex(now.digest) !== hex(read.digest)) throw new ChangedMeanwhile();
  const change = new Change(scope);
  const record = change
    .record("Approval")
    .set("subject", plan)
    .set("digest", hex(read.digest))
    .set("decision", decision)
    .set("decided_on", today());
  more(record);
  return save(change);
}
