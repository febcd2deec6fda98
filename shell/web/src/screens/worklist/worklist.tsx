// A supervisor's first screen. Every list is shown, also when it is empty: nothing is hidden in silence.
import { Shown, useAsked } from "../../parts/asked";
import { Page } from "../../parts/page";
import { say } from "../../words/words";
import type { List } from "./worklist_answer";
import { worklist } from "./worklist_answer";

export function Worklist() {
  const asked = useAsked(worklist);
  return (
    <Page title={say("worklist.title")} wide>
      <Shown of={asked}>
        {(lists) => (
          <>
            {lists
              .filter((each) => each.lines.length > 0)
              .map((each) => (
                <Table list={each} key={each.title} />
              ))}
            <Empty lists={lists.filter((each) => each.lines.length === 0)} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Table(props: { list: List }) {
  const { title, lines } = props.list;
  return (
    <table class="govuk-table ds-table">
      <caption class="govuk-table__caption govuk-table__caption--m">
        {say(title)} ({lines.length})
      </caption>
      <thead class="govuk-table__head">
        <tr class="govuk-table__row">
          <th scope="col" class="govuk-table__header">
            {say("worklist.family")}
          </th>
          <th scope="col" class="govuk-table__header">
            {say("worklist.what")}
          </th>
          <th scope="col" class="govuk-table__header">
            {say("worklist.who")}
          </th>
          <th scope="col" class="govuk-table__header">
            {say("worklist.since")}
          </th>
        </tr>
      </thead>
      <tbody class="govuk-table__body">
        {lines.map((line, index) => (
          <tr class="govuk-table__row" key={index}>
            <th scope="row" class="govuk-table__header">
              <a class="govuk-link" href={line.href}>
                {line.family || say("worklist.directory")}
                <span class="govuk-visually-hidden"> {line.what}</span>
              </a>
            </th>
            <td class="govuk-table__cell">
              {line.what} {line.late !== "" && <strong class="govuk-tag govuk-tag--red ds-tag">{line.late}</strong>}
            </td>
            <td class="govuk-table__cell" data-label={say("worklist.who")}>
              {line.who}
            </td>
            <td class="govuk-table__cell" data-label={say("worklist.since")}>
              {line.since}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Empty(props: { lists: List[] }) {
  if (props.lists.length === 0) return null;
  return (
    <section aria-labelledby="empty">
      <h2 class="govuk-heading-s" id="empty">
        {say("worklist.empty")}
      </h2>
      <ul class="govuk-list ds-quiet">
        {props.lists.map((each) => (
          <li key={each.title}>{say(each.title)}</li>
        ))}
      </ul>
    </section>
  );
}
