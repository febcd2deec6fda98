// A screen below the frame: its heading, where it leads back to, and the title of the window, which
// names the kind of screen and nobody.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../words/words";

export function Page(props: {
  title: string; // of the window: never a name
  heading?: ComponentChildren; // in place of the title, where it may name somebody
  caption?: string | undefined;
  back?: string | undefined;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = say("page.title", { title: props.title });
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [props.title]);
  return (
    <main class={`govuk-main-wrapper ds-main ${props.wide ? "ds-main--wide" : ""}`} id="main">
      {props.back !== undefined && (
        <a class="govuk-back-link" href={props.back}>
          {say("page.back")}
        </a>
      )}
      <h1 class="govuk-heading-l" ref={heading} tabIndex={-1}>
        {props.caption !== undefined && <span class="govuk-caption-l">{props.caption}</span>}
        {props.heading ?? props.title}
      </h1>
      {props.children}
    </main>
  );
}
