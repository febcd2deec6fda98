// One changeset as a screen builds it. Values are given by the names of the schema; the core says what
// they are.
import { create } from "@bufbuild/protobuf";
import type { OpId } from "../../gen/doorstep/v1/change_pb";
import type { Edits, FieldEdit, RecordEdit } from "../../gen/doorstep/v1/client_pb";
import {
  EditsSchema,
  FieldEdit_How,
  FieldEditSchema,
  RecordEditSchema,
} from "../../gen/doorstep/v1/client_pb";
import type { Id } from "./bytes";
import { unhex } from "./bytes";
import type { TypeName, Types, Values } from "./records";

type Name<N extends TypeName> = keyof Values<Types[N]> & string;
type Value = string | number | boolean | string[];

export class Change {
  readonly edits: Edits;

  constructor(scope: Id) {
    this.edits = create(EditsSchema, { scope: unhex(scope) });
  }

  get empty(): boolean {
    return this.edits.records.every((each) => each.fields.length === 0);
  }

  // The draft ends in the transaction that stores this.
  ends(draft: Id): this {
    this.edits.endsDraft = unhex(draft);
    return this;
  }

  // A new record, of a given id or of one the core makes, or one that is there.
  record<N extends TypeName>(typeName: N, id?: Id): RecordChange<N> {
    const edit = create(RecordEditSchema, { typeName, ...(id === undefined ? {} : { id: unhex(id) }) });
    this.edits.records.push(edit);
    return new RecordChange<N>(edit);
  }
}

export class RecordChange<N extends TypeName> {
  constructor(private readonly edit: RecordEdit) {}

  // Nothing is written for what is undefined, empty or an empty list.
  set(name: Name<N>, value: Value | undefined): this {
    if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return this;
    this.push(name, { json: JSON.stringify(value) });
    return this;
  }

  // The elements of a set, one write each; those no longer wanted are dropped.
  setAll(name: Name<N>, wanted: string[], before: string[] = []): this {
    for (const each of wanted) {
      if (!before.includes(each)) this.push(name, { json: JSON.stringify(each), how: FieldEdit_How.ADD });
    }
    for (const each of before) {
      if (!wanted.includes(each)) this.push(name, { json: JSON.stringify(each), how: FieldEdit_How.DROP });
    }
    return this;
  }

  // Only what differs from what the person was shown.
  update(name: Name<N>, value: Value | undefined, before: unknown): this {
    const now = value === "" ? undefined : value;
    if (JSON.stringify(now) === JSON.stringify(before)) return this;
    if (now === undefined) {
      this.push(name, {});
      return this;
    }
    return this.set(name, now);
  }

  // Names every live value that the person was shown.
  settle(name: Name<N> | string, value: { json: string } | { value: Uint8Array<ArrayBuffer> }, shown: OpId[]): this {
    this.push(name, { ...value, how: FieldEdit_How.SETTLE, shown });
    return this;
  }

  private push(name: string, rest: Partial<Pick<FieldEdit, "json" | "value" | "how" | "shown">>): void {
    this.edit.fields.push(create(FieldEditSchema, { name, ...rest }));
  }
}
