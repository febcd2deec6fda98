// A form that is sent: what stands in its way is listed first, each line leads to its field; the core's
// own refusal says what was kept.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../words/explain";
import { say } from "../words/words";

export type Problems = Record<string, string>; // id of a field → what is wrong with it

export interface Sending {
  busy: boolean;
  problems: Problems;
  failed?: unknown;
  // Sends unless something stands in the way. What `send` throws is shown.
  send: (problems: Problems, send: () => Promise<void>) => void;
}

export function useSending(): Sending {
  const [state, setState] = useState<{ busy: boolean; problems: Problems; failed?: unknown }>({
    busy: false,
    problems: {},
  });
  const busy = useRef(false);
  return {
    ...state,
    send(problems, send) {
      if (busy.current) return;
      if (Object.keys(problems).length > 0) {
        setState({ busy: false, problems });
        return;
      }
      busy.current = true;
      setState({ busy: true, problems });
      send()
        .then(
          () => setState({ busy: false, problems: {} }),
          (failed: unknown) => setState({ busy: false, problems: {}, failed }),
        )
        .finally(() => {
          busy.current = false;
        });
    },
  };
}

export function ErrorSummary(props: { sending: Sending }) {
  const { problems, failed } = props.sending;
  const box = useRef<HTMLDivElement>(null);
  const lines = Object.entries(problems);
  useEffect(() => {
    if (lines.length > 0 || failed !== undefined) box.current?.focus();
  }, [problems, failed]);
  if (lines.length === 0 && failed === undefined) return null;
  const show = (event: Event, id: string) => {
    event.preventDefault(); // the address names screens alone
    const target = document.getElementById(id);
    target?.focus();
    target?.scrollIntoView({ block: "center" });
  };
  return (
    <div class="govuk-error-summary" ref={box} tabIndex={-1} role="alert">
      <h2 class="govuk-error-summary__title">{say("form.problem")}</h2>
      <div class="govuk-error-summary__body">
        {failed !== undefined && <p>{explain(failed)}</p>}
        <ul class="govuk-list govuk-error-summary__list">
          {lines.map(([id, text]) => (
            <li key={id}>
              <a href={`#${id}`} onClick={(event) => show(event, id)}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

export function Form(props: { sending: Sending; onSend: () => void; children: ComponentChildren }) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onSend();
      }}
    >
      <ErrorSummary sending={props.sending} />
      {props.children}
    </form>
  );
}

export function Send(props: { sending: Sending; label: string; warning?: boolean }) {
  return (
    <button
      type="submit"
      class={`govuk-button ${props.warning ? "govuk-button--warning" : ""}`}
      aria-disabled={props.sending.busy}
    >
      {props.label}
    </button>
  );
}
