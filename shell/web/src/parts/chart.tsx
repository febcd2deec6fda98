// Figures for looking at, with the same figures as a table below: the table is the text alternative.
// The library is fetched only where a chart is shown.
import { useEffect, useRef } from "preact/hooks";
import type { ChartConfiguration } from "chart.js";
import { say } from "../words/words";

export interface Series {
  name: string;
  values: (number | null)[];
}

export interface ChartProps {
  title: string;
  kind: "line" | "bar";
  across: string; // what the columns are
  columns: string[];
  series: Series[];
  max?: number;
}

// Colours that differ in lightness too; lines differ by their dashes.
const COLOURS = ["#1d70b8", "#d4351c", "#00703c", "#4c2c92", "#b58840"];

function inForce(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function configuration(props: ChartProps): ChartConfiguration<"line" | "bar", (number | null)[], string> {
  const ink = inForce("--govuk-text-colour") || "#0b0c0c";
  const rule = inForce("--govuk-border-colour") || "#b1b4b6";
  return {
    type: props.kind,
    data: {
      labels: props.columns,
      datasets: props.series.map((each, index) => ({
        label: each.name,
        data: each.values,
        borderColor: COLOURS[index % COLOURS.length] ?? ink,
        backgroundColor: COLOURS[index % COLOURS.length] ?? ink,
        borderWidth: 2,
        spanGaps: true,
        ...(props.kind === "line" ? { borderDash: index === 0 ? [] : [4 + 3 * index, 4] } : {}),
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      color: ink,
      scales: {
        y: {
          beginAtZero: true,
          ticks: { color: ink, precision: 0 },
          grid: { color: rule },
          ...(props.max === undefined ? {} : { max: props.max }),
        },
        x: { ticks: { color: ink }, grid: { display: false } },
      },
      plugins: { legend: { display: props.series.length > 1, labels: { color: ink } } },
    },
  };
}

export function Chart(props: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const key = JSON.stringify(props);
  useEffect(() => {
    let gone = false;
    let end = () => undefined as void;
    void import("./chart_library").then(({ Chart: Library }) => {
      if (gone || canvas.current === null) return;
      const chart = new Library(canvas.current, configuration(props));
      end = () => chart.destroy();
    });
    return () => {
      gone = true;
      end();
    };
  }, [key]);
  return (
    <figure class="ds-chart">
      <figcaption class="govuk-heading-m">{props.title}</figcaption>
      <div class="ds-chart__canvas" aria-hidden="true">
        <canvas ref={canvas} />
      </div>
      <details class="govuk-details">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">
            {say("chart.table")}
            <span class="govuk-visually-hidden"> {props.title}</span>
          </span>
        </summary>
        <div class="govuk-details__text ds-scroll" tabIndex={0} role="region" aria-label={props.title}>
          <table class="govuk-table">
            <thead class="govuk-table__head">
              <tr class="govuk-table__row">
                <th scope="col" class="govuk-table__header">
                  {props.across}
                </th>
                {props.series.map((each) => (
                  <th scope="col" class="govuk-table__header govuk-table__header--numeric" key={each.name}>
                    {each.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody class="govuk-table__body">
              {props.columns.map((column, index) => (
                <tr class="govuk-table__row" key={column}>
                  <th scope="row" class="govuk-table__header">
                    {column}
                  </th>
                  {props.series.map((each) => (
                    <td class="govuk-table__cell govuk-table__cell--numeric" key={each.name}>
                      {each.values[index] ?? "–"}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
