// One message that outlives a change of screen: what was saved, and what the office will say of it.
import { useEffect, useState } from "preact/hooks";
import type { Saved } from "../core/save";
import { say } from "../words/words";

interface Message {
  text: string;
  held?: string | undefined;
}

let message: Message | undefined;
const listeners = new Set<() => void>();

function become(next: Message | undefined): void {
  message = next;
  for (const each of listeners) each();
}

export function tell(text: string, ...saved: Saved[]): void {
  become({ text, held: saved.find((each) => each.heldBecause !== undefined)?.heldBecause });
}

export function Notice() {
  const [now, setNow] = useState(message);
  useEffect(() => {
    const changed = () => setNow(message);
    // It stands on the screen it was told for, and goes with the next.
    const moved = () => {
      const shown = message;
      setTimeout(() => message === shown && become(undefined), 0);
    };
    listeners.add(changed);
    const screens = setTimeout(() => addEventListener("hashchange", moved), 100);
    return () => {
      clearTimeout(screens);
      listeners.delete(changed);
      removeEventListener("hashchange", moved);
    };
  }, [now]);
  if (now === undefined) return null;
  return (
    <div
      class={`govuk-notification-banner ${now.held ? "" : "govuk-notification-banner--success"}`}
      role={now.held ? "region" : "alert"}
      aria-labelledby="notice-title"
    >
      <div class="govuk-notification-banner__header">
        <h2 class="govuk-notification-banner__title" id="notice-title">
          {now.held ? say("notice.important") : say("notice.saved")}
        </h2>
      </div>
      <div class="govuk-notification-banner__content">
        <p class="govuk-notification-banner__heading">{now.text}</p>
        {now.held && (
          <p class="govuk-body">
            {say("notice.held")} {now.held}
          </p>
        )}
      </div>
    </div>
  );
}
