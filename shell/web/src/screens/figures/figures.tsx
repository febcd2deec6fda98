// Caseload, timeliness and visits of a team, for looking at.
import type { Id } from "../../core/bytes";
import { records } from "../../core/core";
import { staff } from "../../core/staff";
import { Shown, useAsked } from "../../parts/asked";
import type { ChartProps } from "../../parts/chart";
import { Chart } from "../../parts/chart";
import { Page } from "../../parts/page";
import { addDays, day, localDate, today } from "../../words/times";
import { say } from "../../words/words";

const WEEKS = 8;
const HOUR_MS = 3_600_000;

async function figures(): Promise<ChartProps[]> {
  const [people, places, visits] = await Promise.all([staff(), records("Assignment"), records("Visit")]);
  const name = (id: Id) => people.get(id)?.values.name ?? "";
  const leads = new Map<Id, number>();
  for (const each of places) {
    if (each.values.state !== "OPEN" || each.values.relation !== "LEAD" || each.values.user === undefined) continue;
    leads.set(each.values.user, (leads.get(each.values.user) ?? 0) + 1);
  }
  const weeks = Array.from({ length: WEEKS }, (_, index) => addDays(today(), -7 * (WEEKS - index) + 1));
  const within = (at: string | undefined, week: string) => {
    if (at === undefined) return false;
    const on = localDate(new Date(at));
    return on >= week && on < addDays(week, 7);
  };
  const recorded = visits.filter((each) => each.values.state === "RECORDED");
  return [
    {
      title: say("figures.caseload"),
      kind: "bar",
      across: say("figures.worker"),
      columns: [...leads.keys()].map(name),
      series: [
        { name: say("figures.leads"), values: [...leads.values()] },
        {
          name: say("figures.capacity"),
          values: [...leads.keys()].map((id) => people.get(id)?.values.capacity ?? null),
        },
      ],
    },
    {
      title: say("figures.visits"),
      kind: "bar",
      across: say("figures.week"),
      columns: weeks.map((each) => day(each)),
      series: [
        {
          name: say("figures.planned"),
          values: weeks.map((week) => visits.filter((each) => within(each.values.planned_at, week)).length),
        },
        {
          name: say("figures.made"),
          values: weeks.map((week) => recorded.filter((each) => within(each.values.started_at, week)).length),
        },
      ],
    },
    {
      title: say("figures.timeliness"),
      kind: "line",
      across: say("figures.week"),
      columns: weeks.map((each) => day(each)),
      series: [
        {
          name: say("figures.hours"),
          values: weeks.map((week) => median(recorded.filter((each) => within(each.values.ended_at, week)).flatMap(hoursToSigning))),
        },
      ],
    },
  ];
}

function hoursToSigning(visit: Awaited<ReturnType<typeof records<"Visit">>>[number]): number[] {
  const signed = visit.view.fields.find((each) => each.name === "state")?.values[0];
  if (signed === undefined || visit.values.ended_at === undefined) return [];
  return [Math.max(0, Number(signed.writtenMs) - Date.parse(visit.values.ended_at)) / HOUR_MS];
}

function median(of: number[]): number | null {
  const sorted = [...of].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : Math.round(middle * 10) / 10;
}

export function Figures() {
  const asked = useAsked(figures);
  return (
    <Page title={say("figures.title")} wide>
      <Shown of={asked}>
        {(charts) => (
          <div class="ds-charts">
            {charts.map((each) => (
              <Chart {...each} key={each.title} />
            ))}
          </div>
        )}
      </Shown>
    </Page>
  );
}
