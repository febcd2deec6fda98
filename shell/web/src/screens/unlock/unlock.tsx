// The door: nothing is shown before the passphrase. What was written stays, whoever stands before it.
import { useState } from "preact/hooks";
import { unlock } from "../../core/core";
import { meetSoon } from "../../core/contact";
import { CoreError, Reason } from "../../core/call";
import { Line } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { Page } from "../../parts/page";
import { explain } from "../../words/explain";
import { say } from "../../words/words";

export function Unlock(props: { keyStoreIsFile: boolean; onOpen: () => void }) {
  const [pin, setPin] = useState("");
  const [wrong, setWrong] = useState("");
  const sending = useSending();
  const send = () =>
    sending.send(pin === "" ? { pin: say("unlock.empty") } : {}, async () => {
      setWrong("");
      try {
        await unlock(pin);
      } catch (error) {
        setPin("");
        if (!(error instanceof CoreError && error.reason === Reason.Auth)) throw error;
        setWrong(say("unlock.wrong"));
        document.getElementById("pin")?.focus();
        return;
      }
      setPin("");
      meetSoon();
      props.onOpen();
    });
  return (
    <>
      <header class="ds-header">
        <div class="govuk-width-container ds-header__inside">
          <span class="ds-header__name">Doorstep</span>
        </div>
      </header>
      <div class="govuk-width-container">
        <Page title={say("unlock.title")}>
          <Form sending={sending} onSend={send}>
            <Line
              id="pin"
              label={say("unlock.pin")}
              type="password"
              width={20}
              value={pin}
              onValue={setPin}
              autoComplete="current-password"
              error={sending.problems["pin"] ?? (wrong === "" ? undefined : wrong)}
            />
            <Send sending={sending} label={say(sending.busy ? "unlock.opening" : "unlock.open")} />
          </Form>
          <p class="govuk-body ds-quiet">{say("unlock.kept")}</p>
          {props.keyStoreIsFile && <p class="govuk-body ds-quiet">{say("unlock.file")}</p>}
        </Page>
      </div>
    </>
  );
}

// The host has gone, does not know this tab, or the folder holds no device: there is nothing to unlock.
export function Closed(props: { error?: unknown; words?: string }) {
  return (
    <div class="govuk-width-container">
      <Page title={say("closed.title")}>
        <p class="govuk-body">{props.words ?? explain(props.error)}</p>
        <p class="govuk-body">{say("closed.next")}</p>
      </Page>
    </div>
  );
}
