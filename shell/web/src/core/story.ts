// A family as one answer of the core: every record of it, by type, with the names of its people.
import type { Id } from "./bytes";
import { unhex } from "./bytes";
import { ask } from "./core";
import type { Rec, TypeName } from "./records";
import { record } from "./records";

export class Story {
  private readonly byType = new Map<string, Rec[]>();
  private readonly byId = new Map<Id, Rec>();

  constructor(
    readonly scope: Id,
    readonly all: Rec[],
  ) {
    for (const each of all) {
      const list = this.byType.get(each.type);
      if (list === undefined) this.byType.set(each.type, [each]);
      else list.push(each);
      this.byId.set(each.id, each);
    }
  }

  of<N extends TypeName>(type: N): Rec<N>[] {
    return (this.byType.get(type) ?? []) as unknown as Rec<N>[];
  }

  get<N extends TypeName>(type: N, id: Id | undefined): Rec<N> | undefined {
    const found = id === undefined ? undefined : this.byId.get(id);
    return found?.type === type ? (found as unknown as Rec<N>) : undefined;
  }

  any(id: Id): Rec | undefined {
    return this.byId.get(id);
  }

  get name(): string {
    return this.of("Family")[0]?.values.name ?? "";
  }

  // Given and family name, the current one before any other.
  person(id: Id | undefined): string {
    const names = this.of("PersonName").filter((each) => each.values.person === id);
    const best = names.find((each) => each.values.kind === "CURRENT") ?? names[0];
    return [best?.values.given, best?.values.family].filter((part) => part !== undefined).join(" ");
  }

  // For a list of people who share a name: the given one alone.
  given(id: Id | undefined): string {
    const names = this.of("PersonName").filter((each) => each.values.person === id);
    return names.find((each) => each.values.given !== undefined)?.values.given ?? this.person(id);
  }

  get people(): Rec<"Person">[] {
    return this.of("Person").filter(
      ({ values }) =>
        values.left_on === undefined && values.died_on === undefined && values.same_as === undefined,
    );
  }

  get children(): Rec<"Person">[] {
    return this.people.filter((each) => each.values.role === "CHILD");
  }

  get adults(): Rec<"Person">[] {
    return this.people.filter((each) => each.values.role !== "CHILD" && each.values.role !== "UNBORN_CHILD");
  }

  // The piece of work under way, or about to begin.
  get episode(): Rec<"Episode"> | undefined {
    const live = this.of("Episode").filter((each) =>
      ["PENDING", "ACTIVE"].includes(each.values.state ?? ""),
    );
    return live.find((each) => each.values.state === "ACTIVE") ?? live[0];
  }

  get plan(): Rec<"Plan"> | undefined {
    return this.of("Plan").find((each) => each.values.state !== "CLOSED") ?? this.of("Plan")[0];
  }
}

export async function story(scope: Id): Promise<Story> {
  const all: Rec[] = [];
  for (const answer of await ask({ case: "story", value: { scope: unhex(scope) } })) {
    if (answer.kind.case === "record") all.push(record(answer.kind.value));
  }
  return new Story(scope, all);
}
