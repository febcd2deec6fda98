// Which screen an address means, behind the lock.
import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { Status } from "../gen/doorstep/v1/client_pb";
import { Status_Life } from "../gen/doorstep/v1/client_pb";
import { meetSoon, rest } from "./core/contact";
import { lock, status as askStatus } from "./core/core";
import { follow, listen } from "./core/events";
import { Frame } from "./parts/frame";
import { StatusContext, useMe } from "./parts/me";
import { Page } from "./parts/page";
import { usePath } from "./routes";
import { Closed, Unlock } from "./screens/unlock/unlock";
import { screens } from "./screens/screens";
import { say } from "./words/words";

const IDLE_LOCK_MS = 15 * 60_000;
const STATUS_EVERY_MS = 30_000;

// Asked again at each event, and now and then: ages grow by themselves.
function useCoreStatus(): { status?: Status; error?: unknown; again: () => void } {
  const [state, setState] = useState<{ status?: Status; error?: unknown }>({});
  const again = () => {
    askStatus().then(
      (status) => setState({ status }),
      (error: unknown) => setState({ error }),
    );
  };
  useEffect(() => {
    again();
    const silent = listen(again);
    const timer = setInterval(again, STATUS_EVERY_MS);
    void follow();
    return () => {
      silent();
      clearInterval(timer);
    };
  }, []);
  return { ...state, again };
}

function useIdleLock(open: boolean): void {
  useEffect(() => {
    if (!open) {
      rest();
      return undefined;
    }
    meetSoon();
    let timer = setTimeout(() => void lock(), IDLE_LOCK_MS);
    const touched = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void lock(), IDLE_LOCK_MS);
    };
    const signs = ["pointerdown", "keydown", "scroll"] as const;
    for (const sign of signs) addEventListener(sign, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of signs) removeEventListener(sign, touched);
    };
  }, [open]);
}

function Screen(props: { path: string[] }): JSX.Element {
  const me = useMe();
  const path = props.path.length > 0 ? props.path : [me.supervises ? "worklist" : "today"];
  for (const screen of screens) {
    const found = screen(path);
    if (found !== undefined) return found;
  }
  return (
    <Page title={say("lost.title")}>
      <p class="govuk-body">{say("lost.words")}</p>
    </Page>
  );
}

export function App() {
  const { status, error, again } = useCoreStatus();
  const path = usePath();
  useIdleLock(status?.locked === false);
  if (error !== undefined) return <Closed error={error} />;
  if (status === undefined) return null;
  if (status.life === Status_Life.NEW || status.life === Status_Life.WIPED) {
    return <Closed words={status.words} />;
  }
  if (status.locked) return <Unlock keyStoreIsFile={status.keyStoreIsFile} onOpen={again} />;
  return (
    <StatusContext.Provider value={status}>
      <Frame status={status} place={path[0] ?? ""}>
        <Screen path={path} key={path.join("/")} />
      </Frame>
    </StatusContext.Provider>
  );
}
