// What the core says, asked again whenever it may have changed. A page shows what it has until the new
// answer is there, and never two answers mixed.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { listen } from "../core/events";
import { explain } from "../words/explain";
import { say } from "../words/words";

export interface Asked<T> {
  value?: T;
  error?: unknown;
}

export function useAsked<T>(question: () => Promise<T>, about: readonly unknown[] = []): Asked<T> {
  const [asked, setAsked] = useState<Asked<T> & { about?: string }>({});
  const key = JSON.stringify(about);
  useEffect(() => {
    let wanted = 0;
    let here = true;
    const ask = () => {
      const turn = ++wanted;
      const latest = () => here && turn === wanted;
      question().then(
        (value) => latest() && setAsked({ value, about: key }),
        (error: unknown) => latest() && setAsked({ error, about: key }),
      );
    };
    ask();
    const silent = listen((event) => event === "records" && ask());
    return () => {
      here = false;
      silent();
    };
  }, [key]);
  return asked.about === key ? asked : {};
}

export function Shown<T>(props: { of: Asked<T>; children: (value: T) => ComponentChildren }) {
  const { value, error } = props.of;
  if (value !== undefined) return <>{props.children(value)}</>;
  if (error === undefined) return <p class="govuk-body ds-quiet" aria-busy="true">{say("asked.waiting")}</p>;
  return (
    <div class="govuk-inset-text" role="alert">
      {explain(error)}
    </div>
  );
}
