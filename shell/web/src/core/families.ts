// The families on this device.
import type { FamilyLine } from "../../gen/doorstep/v1/client_pb";
import type { Id } from "./bytes";
import { hex } from "./bytes";
import { ask } from "./core";

export interface FamilyHere extends FamilyLine {
  id: Id;
}

export async function families(): Promise<FamilyHere[]> {
  const lines: FamilyHere[] = [];
  for (const answer of await ask({ case: "families", value: {} })) {
    if (answer.kind.case === "family") {
      lines.push({ ...answer.kind.value, id: hex(answer.kind.value.scope) });
    }
  }
  return lines.sort((a, b) => a.name.localeCompare(b.name));
}

export async function familyNames(): Promise<Map<Id, string>> {
  return new Map((await families()).map((each) => [each.id, each.name]));
}
