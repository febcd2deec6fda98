// How things stand with each goal over time, from 0 to 10.
import { goalsOf, scoresOf } from "../../core/plans";
import type { Story } from "../../core/story";
import { Chart } from "../../parts/chart";
import { day } from "../../words/times";
import { say } from "../../words/words";

export function Scaling(props: { story: Story }) {
  const { story } = props;
  const goals = goalsOf(story, story.plan).filter((each) => scoresOf(story, each).length > 0);
  if (goals.length === 0) return null;
  const days = [
    ...new Set(goals.flatMap((goal) => scoresOf(story, goal).map((each) => each.values.scored_on ?? ""))),
  ].sort();
  return (
    <Chart
      title={say("scaling.title")}
      kind="line"
      across={say("scaling.day")}
      max={10}
      columns={[say("goal.baseline_short"), ...days.map((each) => day(each))]}
      series={goals.map((goal) => ({
        name: goal.values.wording ?? "",
        values: [
          goal.values.baseline ?? null,
          ...days.map(
            (each) => scoresOf(story, goal).filter((score) => score.values.scored_on === each).at(-1)?.values.score ?? null,
          ),
        ],
      }))}
    />
  );
}
