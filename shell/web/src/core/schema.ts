// What the schema says of a type, for screens that show any record as it is.
import type { SchemaType, SchemaType_Field } from "../../gen/doorstep/v1/client_pb";
import { ask } from "./core";

export async function schemaOf(typeName: string): Promise<SchemaType | undefined> {
  const [answer] = await ask({ case: "schema", value: { typeName } });
  return answer?.kind.case === "schema" ? answer.kind.value : undefined;
}

export type Field = SchemaType_Field;
