// What waits for a person: accounts written without seeing each other, work that may not take effect
// yet, work that cannot be sent, and what broke.
import type { AttentionItem } from "../../../gen/doorstep/v1/client_pb";
import { AttentionItem_Kind as Kind } from "../../../gen/doorstep/v1/client_pb";
import { hex } from "../../core/bytes";
import { attention } from "../../core/core";
import { Shown, useAsked } from "../../parts/asked";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import type { Key } from "../../words/words";
import { code, say } from "../../words/words";

const ORDER: [Kind, Key][] = [
  [Kind.STOPPED, "waiting.stopped"],
  [Kind.SUSPECT, "waiting.suspect"],
  [Kind.CONTESTED, "waiting.contested"],
  [Kind.HELD_TO_DECIDE, "waiting.to_decide"],
  [Kind.UNSENDABLE, "waiting.unsendable"],
  [Kind.HELD_MINE, "waiting.held_mine"],
  [Kind.DEVICE_TO_APPROVE, "waiting.devices"],
  [Kind.ROLE_TO_APPROVE, "waiting.roles"],
  [Kind.PASSED_ON, "waiting.passed_on"],
  [Kind.ALREADY_DONE, "waiting.already_done"],
];

export function Waiting() {
  const asked = useAsked(attention);
  return (
    <Page title={say("waiting.title")}>
      <Shown of={asked}>
        {({ items }) => (
          <>
            {items.length === 0 && <p class="govuk-body">{say("waiting.none")}</p>}
            {ORDER.map(([kind, title]) => {
              const these = items.filter((each) => each.kind === kind);
              if (these.length === 0) return null;
              return (
                <section key={kind} aria-labelledby={`waiting-${kind}`}>
                  <h2 class="govuk-heading-m" id={`waiting-${kind}`}>
                    {say(title)} ({these.length})
                  </h2>
                  <ul class="ds-cards">
                    {these.map((each) => (
                      <Item item={each} key={hex(each.id)} />
                    ))}
                  </ul>
                </section>
              );
            })}
          </>
        )}
      </Shown>
    </Page>
  );
}

function what(item: AttentionItem): string {
  const type = item.record?.typeName ?? item.held[0]?.typeName;
  const field = item.field === undefined ? "" : code("field", item.field.name.toUpperCase());
  return [code("type", type), field].filter(Boolean).join(": ");
}

function Item(props: { item: AttentionItem }) {
  const { item } = props;
  const id = hex(item.id);
  const href =
    item.kind === Kind.CONTESTED ? to.conflict(id) : item.kind === Kind.HELD_TO_DECIDE ? to.held(id) : undefined;
  const title = [item.family, what(item)].filter(Boolean).join(" · ");
  return (
    <li class="ds-card">
      <p class="ds-card__title">
        {href === undefined ? (
          title
        ) : (
          <a class="govuk-link" href={href}>
            {title}
          </a>
        )}
      </p>
      <p class="ds-card__line">{item.words}</p>
      {item.actorName !== "" && <p class="ds-card__line ds-quiet">{item.actorName}</p>}
      {(item.kind === Kind.DEVICE_TO_APPROVE || item.kind === Kind.ROLE_TO_APPROVE) && (
        <p class="ds-card__line">
          <a class="govuk-link" href={to.devices()}>
            {say("waiting.compare")}
          </a>
        </p>
      )}
    </li>
  );
}
