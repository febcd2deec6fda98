// Records as pages read them: the values in force by the names of records.proto, and the core's own
// view beside them for whatever is contested, sealed or not safe yet. The types follow from the schema
// and cost nothing at run time: a name that the schema does not have fails the build.
import type * as schema from "../../gen/doorstep/v1/records_pb";
import type { FieldView, RecordView } from "../../gen/doorstep/v1/client_pb";
import type { Id } from "./bytes";
import { hex } from "./bytes";

// The types that pages name; any other is shown by what the core says of it.
export interface Types {
  Family: schema.Family;
  Person: schema.Person;
  PersonName: schema.PersonName;
  ContactPoint: schema.ContactPoint;
  Address: schema.Address;
  SafeAddress: schema.SafeAddress;
  SchoolPlacement: schema.SchoolPlacement;
  Marker: schema.Marker;
  Referral: schema.Referral;
  Episode: schema.Episode;
  Need: schema.Need;
  Plan: schema.Plan;
  Goal: schema.Goal;
  Action: schema.Action;
  ActionProgress: schema.ActionProgress;
  Approval: schema.Approval;
  OutcomeScore: schema.OutcomeScore;
  Visit: schema.Visit;
  ChildSeen: schema.ChildSeen;
  Contact: schema.Contact;
  Meeting: schema.Meeting;
  Concern: schema.Concern;
  ConcernCall: schema.ConcernCall;
  ManagementOversight: schema.ManagementOversight;
  Assignment: schema.Assignment;
  Decision: schema.Decision;
  Addendum: schema.Addendum;
  Authority: schema.Authority;
  StaffMember: schema.StaffMember;
  StaffRole: schema.StaffRole;
  School: schema.School;
  Team: schema.Team;
  Agency: schema.Agency;
}
export type TypeName = keyof Types;

// "seenAlone" of the generated type is "seen_alone" of the schema and of the core's JSON.
type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${Snake<Tail>}`
    : `_${Lowercase<Head>}${Snake<Tail>}`
  : S;

// Ids, instants and codes come as text.
type Json<V> = V extends Uint8Array | bigint
  ? string
  : V extends boolean
    ? boolean
    : V extends (infer E)[]
      ? Json<E>[]
      : V extends string
        ? string
        : V extends number
          ? number extends V
            ? number & string
            : string
          : never;

export type Values<T> = {
  [K in keyof T & string as K extends `$${string}` ? never : Snake<K>]?: K extends `${string}On`
    ? string // a date: the schema names every one so
    : Json<Exclude<T[K], undefined>>;
};

export interface Rec<N extends TypeName = TypeName> {
  id: Id;
  scope: Id;
  type: N;
  values: Values<Types[N]>;
  view: RecordView;
}

export function record<N extends TypeName>(view: RecordView): Rec<N> {
  return {
    id: hex(view.id),
    scope: hex(view.scope),
    type: view.typeName as N,
    values: (view.json === "" ? {} : JSON.parse(view.json)) as Values<Types[N]>,
    view,
  };
}

export function field(of: Rec, name: string): FieldView | undefined {
  return of.view.fields.find((each) => each.name === name);
}

// A value of a field that this device holds no key to yet.
export function sealed(of: Rec, name: string): boolean {
  return field(of, name)?.values.some((value) => value.sealed) ?? false;
}

// Every live text of a field that keeps accounts side by side, with who wrote it.
export function accounts(of: Rec, name: string): { text: string; by: string }[] {
  return (field(of, name)?.values ?? []).map((value) => ({
    text: value.json === "" ? "" : String(JSON.parse(value.json)),
    by: value.actorName,
  }));
}
