// Addresses of pages. They stand behind the "#", name nothing but screens and ids, and every one of
// them can be gone back to, reloaded and kept as a bookmark.
import { useEffect, useState } from "preact/hooks";
import type { Id } from "./core/bytes";

export const to = {
  home: () => "#/",
  today: () => "#/today",
  families: () => "#/families",
  search: () => "#/search",
  waiting: () => "#/waiting",
  safe: () => "#/safe",
  worklist: () => "#/worklist",
  devices: () => "#/devices",
  figures: () => "#/figures",
  family: (scope: Id) => `#/family/${scope}`,
  record: (scope: Id, id: Id) => `#/family/${scope}/record/${id}`,
  visits: (scope: Id) => `#/family/${scope}/visit`,
  visit: (scope: Id, visit: Id, step?: string) =>
    `#/family/${scope}/visit/${visit}${step === undefined ? "" : `/${step}`}`,
  note: (scope: Id) => `#/family/${scope}/note`,
  concern: (scope: Id) => `#/family/${scope}/concern`,
  concernCall: (scope: Id, concern: Id) => `#/family/${scope}/concern/${concern}`,
  plan: (scope: Id) => `#/family/${scope}/plan`,
  planWords: (scope: Id) => `#/family/${scope}/plan/words`,
  goal: (scope: Id, goal: Id | "new") => `#/family/${scope}/plan/goal/${goal}`,
  action: (scope: Id, goal: Id, action: Id | "new") =>
    `#/family/${scope}/plan/goal/${goal}/action/${action}`,
  progress: (scope: Id, action: Id) => `#/family/${scope}/plan/progress/${action}`,
  agree: (scope: Id) => `#/family/${scope}/plan/agree`,
  submit: (scope: Id) => `#/family/${scope}/plan/submit`,
  decide: (scope: Id) => `#/family/${scope}/plan/decide`,
  copy: (scope: Id) => `#/family/${scope}/plan/copy`,
  allocate: (scope: Id) => `#/family/${scope}/places`,
  oversight: (scope: Id) => `#/family/${scope}/oversight`,
  conflict: (item: Id) => `#/conflict/${item}`,
  held: (item: Id) => `#/held/${item}`,
};

export function go(href: string): void {
  location.hash = href;
}

// Instead of the page that is shown: back does not lead into a form that has been sent.
export function goInstead(href: string): void {
  location.replace(href);
}

export function path(): string[] {
  return location.hash.replace(/^#\/?/, "").split("/").filter((part) => part !== "");
}

export function usePath(): string[] {
  const [now, setNow] = useState(path);
  useEffect(() => {
    const changed = () => setNow(path());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return now;
}
