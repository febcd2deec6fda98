// Names of people and bodies out of the directory, by id.
import type { Id } from "./bytes";
import { records } from "./core";
import type { Rec } from "./records";

export async function staff(): Promise<Map<Id, Rec<"StaffMember">>> {
  return new Map((await records("StaffMember")).map((each) => [each.id, each]));
}

export async function schools(): Promise<Map<Id, Rec<"School">>> {
  return new Map((await records("School")).map((each) => [each.id, each]));
}
