// Every screen with the address it answers to.
import type { JSX } from "preact";
import { ActionForm } from "./plan/action_form";
import { Agree } from "./plan/agree";
import { Concern } from "./concern/concern";
import { ConcernCalls } from "./concern/concern_calls";
import { Conflict } from "./waiting/conflict";
import { Copy } from "./plan/copy";
import { Decide } from "./plan/decide";
import { Devices } from "./devices/devices";
import { Families } from "./families/families";
import { Family } from "./family/family";
import { Figures } from "./figures/figures";
import { GoalForm } from "./plan/goal_form";
import { Held } from "./waiting/held";
import { Note } from "./family/note";
import { Oversight } from "./family/oversight";
import { Places } from "./places/places";
import { Plan } from "./plan/plan";
import { PlanWords } from "./plan/plan_words";
import { Progress } from "./plan/progress";
import { RecordPage } from "./family/record_page";
import { Safe } from "./waiting/safe";
import { Search } from "./search/search";
import { Submit } from "./plan/submit";
import { Today } from "./today/today";
import { Visit } from "./visit/visit";
import { Visits } from "./visit/visits";
import { Waiting } from "./waiting/waiting";
import { Worklist } from "./worklist/worklist";

type Screen = (path: string[]) => JSX.Element | undefined;

// "family/:/plan" with what stands in place of each colon.
function at(pattern: string, show: (...given: string[]) => JSX.Element): Screen {
  const wanted = pattern.split("/");
  return (path) => {
    if (path.length !== wanted.length) return undefined;
    const given: string[] = [];
    for (const [index, part] of wanted.entries()) {
      const here = path[index] ?? "";
      if (part === ":") given.push(here);
      else if (part !== here) return undefined;
    }
    return show(...given);
  };
}

const none = "";

export const screens: Screen[] = [
  at("today", () => <Today />),
  at("families", () => <Families />),
  at("search", () => <Search />),
  at("waiting", () => <Waiting />),
  at("safe", () => <Safe />),
  at("worklist", () => <Worklist />),
  at("devices", () => <Devices />),
  at("figures", () => <Figures />),
  at("conflict/:", (item = none) => <Conflict item={item} />),
  at("held/:", (item = none) => <Held item={item} />),
  at("family/:", (scope = none) => <Family scope={scope} />),
  at("family/:/record/:", (scope = none, id = none) => <RecordPage scope={scope} id={id} />),
  at("family/:/note", (scope = none) => <Note scope={scope} />),
  at("family/:/oversight", (scope = none) => <Oversight scope={scope} />),
  at("family/:/places", (scope = none) => <Places scope={scope} />),
  at("family/:/visit", (scope = none) => <Visits scope={scope} />),
  at("family/:/visit/:", (scope = none, id = none) => <Visit scope={scope} id={id} step="" />),
  at("family/:/visit/:/:", (scope = none, id = none, step = none) => (
    <Visit scope={scope} id={id} step={step} />
  )),
  at("family/:/concern", (scope = none) => <Concern scope={scope} />),
  at("family/:/concern/:", (scope = none, id = none) => <ConcernCalls scope={scope} id={id} />),
  at("family/:/plan", (scope = none) => <Plan scope={scope} />),
  at("family/:/plan/words", (scope = none) => <PlanWords scope={scope} />),
  at("family/:/plan/agree", (scope = none) => <Agree scope={scope} />),
  at("family/:/plan/submit", (scope = none) => <Submit scope={scope} />),
  at("family/:/plan/decide", (scope = none) => <Decide scope={scope} />),
  at("family/:/plan/copy", (scope = none) => <Copy scope={scope} />),
  at("family/:/plan/goal/:", (scope = none, goal = none) => <GoalForm scope={scope} goal={goal} />),
  at("family/:/plan/goal/:/action/:", (scope = none, goal = none, action = none) => (
    <ActionForm scope={scope} goal={goal} action={action} />
  )),
  at("family/:/plan/progress/:", (scope = none, action = none) => (
    <Progress scope={scope} action={action} />
  )),
];
