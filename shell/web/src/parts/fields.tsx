// The fields of forms, in the markup of GOV.UK Frontend. Each one is labelled, says its own error, and
// tells its value as it is typed: the screen above keeps the draft.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { say } from "../words/words";

interface Common {
  id?: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

function describedBy(id: string, of: Common): string | undefined {
  const parts = [of.hint && `${id}-hint`, of.error && `${id}-error`].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(" ");
}

function Group(props: Common & { for: string; children: ComponentChildren }) {
  return (
    <div class={`govuk-form-group ${props.error ? "govuk-form-group--error" : ""}`}>
      <label class="govuk-label govuk-label--s" for={props.for}>
        {props.label}
      </label>
      <About id={props.for} {...props} />
      {props.children}
    </div>
  );
}

function About(props: Common & { id: string }) {
  return (
    <>
      {props.hint && (
        <div class="govuk-hint" id={`${props.id}-hint`}>
          {props.hint}
        </div>
      )}
      {props.error && (
        <p class="govuk-error-message" id={`${props.id}-error`}>
          <span class="govuk-visually-hidden">{say("field.error")}</span> {props.error}
        </p>
      )}
    </>
  );
}

type Text = Common & { value: string; onValue: (value: string) => void };

export function Line(
  props: Text & {
    type?: "text" | "password" | "date" | "datetime-local" | "search" | "number" | "tel";
    width?: 2 | 5 | 10 | 20 | 30;
    autoComplete?: "off" | "current-password";
    max?: string;
    min?: string;
  },
) {
  const own = useId();
  const id = props.id ?? own;
  return (
    <Group {...props} for={id}>
      <input
        {...({ type: props.type ?? "text" } as { type: "text" })}
        class={`govuk-input ${props.width ? `govuk-input--width-${props.width}` : ""} ${props.error ? "govuk-input--error" : ""}`}
        id={id}
        value={props.value}
        min={props.min}
        max={props.max}
        autoComplete={props.autoComplete ?? "off"}
        spellcheck={props.type === "password" ? false : undefined}
        aria-describedby={describedBy(id, props)}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
    </Group>
  );
}

export function Paragraphs(props: Text & { rows?: number }) {
  const own = useId();
  const id = props.id ?? own;
  return (
    <Group {...props} for={id}>
      <textarea
        class={`govuk-textarea ${props.error ? "govuk-textarea--error" : ""}`}
        id={id}
        rows={props.rows ?? 5}
        value={props.value}
        aria-describedby={describedBy(id, props)}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
    </Group>
  );
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

interface Several extends Common {
  choices: Choice[];
  small?: boolean;
  inline?: boolean;
}

function Fieldset(props: Several & { own: string; children: ComponentChildren }) {
  return (
    <div class={`govuk-form-group ${props.error ? "govuk-form-group--error" : ""}`}>
      <fieldset class="govuk-fieldset" id={props.own} tabIndex={-1} aria-describedby={describedBy(props.own, props)}>
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{props.label}</legend>
        <About {...props} id={props.own} />
        {props.children}
      </fieldset>
    </div>
  );
}

export function OneOf(props: Several & { value: string; onValue: (value: string) => void }) {
  const fallback = useId();
  const own = props.id ?? fallback;
  return (
    <Fieldset {...props} own={own}>
      <div
        class={`govuk-radios ${props.small ? "govuk-radios--small" : ""} ${props.inline ? "govuk-radios--inline" : ""}`}
      >
        {props.choices.map((choice, index) => (
          <div class="govuk-radios__item" key={choice.value}>
            <input
              class="govuk-radios__input"
              id={`${own}-${index}`}
              name={own}
              type="radio"
              checked={props.value === choice.value}
              aria-describedby={choice.hint && `${own}-${index}-hint`}
              onChange={() => props.onValue(choice.value)}
            />
            <label class="govuk-label govuk-radios__label" for={`${own}-${index}`}>
              {choice.label}
            </label>
            {choice.hint && (
              <div class="govuk-hint govuk-radios__hint" id={`${own}-${index}-hint`}>
                {choice.hint}
              </div>
            )}
          </div>
        ))}
      </div>
    </Fieldset>
  );
}

export function AnyOf(props: Several & { values: string[]; onValues: (values: string[]) => void }) {
  const fallback = useId();
  const own = props.id ?? fallback;
  const flip = (value: string) =>
    props.onValues(
      props.values.includes(value) ? props.values.filter((each) => each !== value) : [...props.values, value],
    );
  return (
    <Fieldset {...props} own={own}>
      <div class={`govuk-checkboxes ${props.small ? "govuk-checkboxes--small" : ""}`}>
        {props.choices.map((choice, index) => (
          <div class="govuk-checkboxes__item" key={choice.value}>
            <input
              class="govuk-checkboxes__input"
              id={`${own}-${index}`}
              type="checkbox"
              checked={props.values.includes(choice.value)}
              aria-describedby={choice.hint && `${own}-${index}-hint`}
              onChange={() => flip(choice.value)}
            />
            <label class="govuk-label govuk-checkboxes__label" for={`${own}-${index}`}>
              {choice.label}
            </label>
            {choice.hint && (
              <div class="govuk-hint govuk-checkboxes__hint" id={`${own}-${index}-hint`}>
                {choice.hint}
              </div>
            )}
          </div>
        ))}
      </div>
    </Fieldset>
  );
}

export function Picked(props: Several & { value: string; onValue: (value: string) => void }) {
  const fallback = useId();
  const id = props.id ?? fallback;
  return (
    <Group {...props} for={id}>
      <select
        class="govuk-select"
        id={id}
        value={props.value}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        <option value="">{say("field.choose")}</option>
        {props.choices.map((choice) => (
          <option value={choice.value} key={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Group>
  );
}
