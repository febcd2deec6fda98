// What is being written, kept by the core from pause to pause: through lock, kill and update. A draft
// is JSON of the screen that writes it, with its kind first.
import type { Id } from "./bytes";
import { hex, join, unhex } from "./bytes";
import { call, Code, CoreError } from "./call";
import { ask } from "./core";

export interface Draft {
  kind: string;
  scope: Id;
}

function parsed(bytes: Uint8Array): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof draft === "object" && draft !== null && "kind" in draft) return draft as Draft;
  } catch {
    // Another program's, or an older one's: it is kept, and not ours to read.
  }
  return undefined;
}

export async function putDraft(id: Id, draft: Draft): Promise<void> {
  await call("draft_put", join(unhex(id), new TextEncoder().encode(JSON.stringify(draft))));
}

export async function dropDraft(id: Id): Promise<void> {
  await call("draft_put", unhex(id));
}

export async function getDraft<D extends Draft>(id: Id, kind: D["kind"]): Promise<D | undefined> {
  try {
    const draft = parsed(await call("draft_get", unhex(id)));
    return draft?.kind === kind ? (draft as D) : undefined;
  } catch (error) {
    if (error instanceof CoreError && error.status === Code.NotFound) return undefined;
    throw error;
  }
}

export interface Kept {
  id: Id;
  draft: Draft;
  savedMs: number;
}

export async function drafts(): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const answer of await ask({ case: "drafts", value: {} })) {
    if (answer.kind.case !== "draft") continue;
    const draft = parsed(answer.kind.value.draft);
    if (draft === undefined) continue;
    kept.push({ id: hex(answer.kind.value.id), draft, savedMs: Number(answer.kind.value.savedMs) });
  }
  return kept;
}
