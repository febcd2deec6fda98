// What stands round every screen: where one can go, how safe everything is, the lock.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Status } from "../../gen/doorstep/v1/client_pb";
import { contact, meet, onContact } from "../core/contact";
import { hex } from "../core/bytes";
import { lock, records } from "../core/core";
import { to } from "../routes";
import { explain } from "../words/explain";
import { age } from "../words/times";
import { count, say } from "../words/words";
import { useAsked } from "./asked";
import { useMe } from "./me";
import { Notice } from "./notice";

function useContact() {
  const [now, setNow] = useState(contact());
  useEffect(() => onContact(() => setNow(contact())), []);
  return now;
}

// Concerns of mine that no supervisor has acknowledged: on every screen, until one has.
function MyConcerns() {
  const me = useMe();
  const { value } = useAsked(() => records("Concern"));
  const mine = (value ?? []).filter(
    (each) => each.values.state === "RAISED" && hex(each.view.madeBy) === me.user,
  );
  const first = mine[0];
  if (first === undefined) return null;
  return (
    <a class="govuk-link ds-strip__link" href={to.concernCall(first.scope, first.id)}>
      ! {count("strip.concerns", mine.length)}
    </a>
  );
}

function Strip(props: { status: Status }) {
  const { status } = props;
  const now = useContact();
  const waiting = status.held + status.contested;
  return (
    <section class="ds-strip" aria-label={say("strip.label")}>
      <div class="govuk-width-container ds-strip__inside">
        <p class="ds-strip__words" aria-live="polite">
          <a class="govuk-link ds-strip__link" href={to.safe()}>
            {status.unsent > 0 ? (
              <>○ {count("strip.unsent", status.unsent)}</>
            ) : status.allSynced ? (
              <>● {say("strip.synced")}</>
            ) : (
              <>○ {say("strip.not_met")}</>
            )}
          </a>
          <MyConcerns />
          {status.unsendable > 0 && (
            <a class="govuk-link ds-strip__link" href={to.waiting()}>
              ✕ {count("strip.unsendable", status.unsendable)}
            </a>
          )}
          {waiting > 0 && (
            <a class="govuk-link ds-strip__link" href={to.waiting()}>
              ▲ {count("strip.waiting", waiting)}
            </a>
          )}
          <span class="ds-strip__quiet">
            {now.running
              ? say("strip.meeting")
              : now.failed !== undefined
                ? explain(now.failed)
                : status.lastContactMs > 0n
                  ? say("strip.last", { age: age(Date.now() - Number(status.lastContactMs)) })
                  : ""}
          </span>
        </p>
        <p class="ds-strip__buttons">
          <button type="button" class="ds-strip__button" aria-disabled={now.running} onClick={() => void meet()}>
            {say("strip.meet")}
          </button>
          <button type="button" class="ds-strip__button" onClick={() => void lock()}>
            {say("strip.lock")}
          </button>
        </p>
      </div>
    </section>
  );
}

function Alarms() {
  const { alarms } = useContact();
  if (alarms.length === 0) return null;
  return (
    <div class="govuk-width-container">
      <div class="govuk-inset-text" role="alert">
        <strong>{say("strip.alarm")}</strong> {alarms.join(" ")}
      </div>
    </div>
  );
}

export function Frame(props: { status: Status; place: string; children: ComponentChildren }) {
  const me = useMe();
  const places = [
    ...(me.supervises ? [["worklist", to.worklist(), say("nav.worklist")]] : []),
    ...(me.works ? [["today", to.today(), say("nav.today")]] : []),
    ["families", to.families(), say("nav.families")],
    ["search", to.search(), say("nav.search")],
    ["waiting", to.waiting(), say("nav.waiting")],
    ...(me.supervises ? [["figures", to.figures(), say("nav.figures")]] : []),
    ...(me.supervises ? [["devices", to.devices(), say("nav.devices")]] : []),
  ] as [string, string, string][];
  return (
    <>
      <a href="#main" class="govuk-skip-link" onClick={skip}>
        {say("page.skip")}
      </a>
      <header class="ds-header">
        <div class="govuk-width-container ds-header__inside">
          <a class="ds-header__name" href={to.home()}>
            Doorstep
          </a>
          <span class="ds-header__person">{me.name}</span>
        </div>
        <nav class="ds-nav" aria-label={say("nav.label")}>
          <ul class="govuk-width-container ds-nav__list">
            {places.map(([name, href, label]) => (
              <li key={name}>
                <a class="ds-nav__link" href={href} aria-current={props.place === name ? "page" : undefined}>
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <Strip status={props.status} />
      <Alarms />
      <div class="govuk-width-container">
        <Notice />
        {props.children}
      </div>
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main h1")?.focus();
}
