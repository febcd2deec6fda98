// The core's functions with the messages they take and give. Nothing is remembered here: a page that
// wants to know asks again.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Answer, Attention, Committed, Status, SyncReport } from "../../gen/doorstep/v1/client_pb";
import {
  AnswerSchema,
  AttentionSchema,
  CommittedSchema,
  EditsSchema,
  FindingsSchema,
  QuerySchema,
  SearchRequestSchema,
  StatusSchema,
  SyncReportSchema,
} from "../../gen/doorstep/v1/client_pb";
import type { Edits, Findings, SearchHit } from "../../gen/doorstep/v1/client_pb";
import type { Id } from "./bytes";
import { hex, join, unhex } from "./bytes";
import { call } from "./call";
import type { Rec, TypeName } from "./records";
import { record } from "./records";

const ANSWERS_A_PAGE = 500;

export async function status(): Promise<Status> {
  return fromBinary(StatusSchema, await call("client_status"));
}

export async function unlock(pin: string): Promise<void> {
  const bytes = new TextEncoder().encode(pin) as Uint8Array<ArrayBuffer>;
  try {
    await call("client_unlock", bytes);
  } finally {
    bytes.fill(0);
  }
}

export async function lock(): Promise<void> {
  await call("client_lock");
}

export async function newId(): Promise<Id> {
  return hex(await call("record_new_id"));
}

export async function commit(edits: Edits): Promise<Committed> {
  return fromBinary(CommittedSchema, await call("commit", toBinary(EditsSchema, edits)));
}

export async function check(edits: Edits): Promise<Findings> {
  return fromBinary(FindingsSchema, await call("check", toBinary(EditsSchema, edits)));
}

export async function attention(): Promise<Attention> {
  return fromBinary(AttentionSchema, await call("attention_list"));
}

export async function resolve(item: Id, edits: Edits): Promise<Committed> {
  const argument = join(unhex(item), toBinary(EditsSchema, edits));
  return fromBinary(CommittedSchema, await call("attention_resolve", argument));
}

export async function sync(): Promise<SyncReport> {
  return fromBinary(SyncReportSchema, await call("sync_start"));
}

// ---- Questions ------------------------------------------------------------------------------------

function answers(bytes: Uint8Array): Answer[] {
  const found: Answer[] = [];
  const sizes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const size = sizes.getUint32(at, true);
    found.push(fromBinary(AnswerSchema, bytes.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return found;
}

export type Kind = NonNullable<MessageInitShape<typeof QuerySchema>["kind"]>;

// Every answer, page after page; `limit` of them where fewer are wanted.
export async function ask(kind: Kind, limit = Number.POSITIVE_INFINITY): Promise<Answer[]> {
  const all: Answer[] = [];
  for (;;) {
    const query = create(QuerySchema, { kind, skip: all.length, limit: Math.min(limit, ANSWERS_A_PAGE) });
    const page = answers(await call("query_open", toBinary(QuerySchema, query)));
    all.push(...page);
    if (page.length < ANSWERS_A_PAGE || all.length >= limit) return all;
  }
}

export async function records<N extends TypeName>(
  typeName: N,
  scope?: Id,
  where: { name: string; json: string }[] = [],
): Promise<Rec<N>[]> {
  const value = { typeName, where, ...(scope === undefined ? {} : { scope: unhex(scope) }) };
  const found: Rec<N>[] = [];
  for (const answer of await ask({ case: "records", value })) {
    if (answer.kind.case === "record") found.push(record<N>(answer.kind.value));
  }
  return found;
}

export async function search(words: string): Promise<SearchHit[]> {
  const request = toBinary(SearchRequestSchema, create(SearchRequestSchema, { words }));
  const found: SearchHit[] = [];
  for (const answer of answers(await call("search", request))) {
    if (answer.kind.case === "hit") found.push(answer.kind.value);
  }
  return found;
}
