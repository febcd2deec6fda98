// A supervisor's first screen. Every list is named, also when it is empty: nothing is hidden in silence.
import { WorkItem_List as List } from "../../../gen/doorstep/v1/client_pb";
import { Shown, useAsked } from "../../parts/asked";
import { Page } from "../../parts/page";
import { day, instant } from "../../words/times";
import type { Key } from "../../words/words";
import { code, count, say } from "../../words/words";
import type { Line } from "./worklist_answer";
import { worklist } from "./worklist_answer";

const LISTS: [List, Key][] = [
  [List.CONCERNS, "worklist.concerns"],
  [List.CHECK_OUTS, "worklist.check_outs"],
  [List.ACCESS, "worklist.access"],
  [List.HELD_AND_AT_ODDS, "worklist.at_odds"],
  [List.PLANS, "worklist.plans"],
  [List.REFERRALS, "worklist.referrals"],
  [List.CLOSING, "worklist.closing"],
  [List.DUE, "worklist.overdue"],
  [List.RECORDS_LATE, "worklist.late"],
  [List.PEOPLE_AND_DEVICES, "worklist.devices"],
];

export function Worklist() {
  const asked = useAsked(worklist);
  return (
    <Page title={say("worklist.title")} wide>
      <Shown of={asked}>
        {({ counts, lines }) => {
          const filled = LISTS.map(([list, title]) => ({
            title,
            lines: lines.filter((each) => each.item.list === list),
          }));
          return (
            <>
              {counts !== undefined && counts.familiesLeftOut > 0 && (
                <p class="govuk-body">{count("worklist.left_out", counts.familiesLeftOut)}</p>
              )}
              {filled
                .filter((each) => each.lines.length > 0)
                .map((each) => (
                  <Table {...each} key={each.title} />
                ))}
              <Empty titles={filled.filter((each) => each.lines.length === 0).map((each) => each.title)} />
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function Table(props: { title: Key; lines: Line[] }) {
  return (
    <table class="govuk-table ds-table">
      <caption class="govuk-table__caption govuk-table__caption--m">
        {say(props.title)} ({props.lines.length})
      </caption>
      <thead class="govuk-table__head">
        <tr class="govuk-table__row">
          {(["worklist.family", "worklist.what", "worklist.who", "worklist.since"] as const).map((key) => (
            <th scope="col" class="govuk-table__header" key={key}>
              {say(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody class="govuk-table__body">
        {props.lines.map((line, index) => (
          <Row line={line} key={index} />
        ))}
      </tbody>
    </table>
  );
}

function Row(props: { line: Line }) {
  const { item, href } = props.line;
  const since = item.sinceMs > 0n ? instant(Number(item.sinceMs)) : item.dueOn === "" ? "" : day(item.dueOn);
  return (
    <tr class="govuk-table__row">
      <th scope="row" class="govuk-table__header">
        <a class="govuk-link" href={href}>
          {item.family || say("worklist.directory")}
          <span class="govuk-visually-hidden"> {item.words}</span>
        </a>
      </th>
      <td class="govuk-table__cell">
        {item.words}{" "}
        {item.flags.map((flag) => (
          <strong class="govuk-tag govuk-tag--red ds-tag" key={flag}>
            {code("flag", flag.toUpperCase())}
          </strong>
        ))}
        <span class="ds-quiet"> {item.next}</span>
      </td>
      <td class="govuk-table__cell" data-label={say("worklist.who")}>
        {item.whoName}
      </td>
      <td class="govuk-table__cell" data-label={say("worklist.since")}>
        {since} {item.days > 0 && item.dueOn !== "" && count("overdue", item.days)}
      </td>
    </tr>
  );
}

function Empty(props: { titles: Key[] }) {
  if (props.titles.length === 0) return null;
  return (
    <section aria-labelledby="empty">
      <h2 class="govuk-heading-s" id="empty">
        {say("worklist.empty")}
      </h2>
      <ul class="govuk-list ds-quiet">
        {props.titles.map((each) => (
          <li key={each}>{say(each)}</li>
        ))}
      </ul>
    </section>
  );
}
