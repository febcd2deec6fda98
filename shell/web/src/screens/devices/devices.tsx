// The authority's devices: whose, whether they count, and those that wait for a second person, who
// compares the number that the device's own person reads out.
import { useState } from "preact/hooks";
import type { DeviceLine, RoleLine } from "../../../gen/doorstep/v1/client_pb";
import { hex } from "../../core/bytes";
import { Change } from "../../core/change";
import { ask } from "../../core/core";
import { save } from "../../core/save";
import { Shown, useAsked } from "../../parts/asked";
import { Line } from "../../parts/fields";
import { Form, Send, useSending } from "../../parts/form";
import { useStatus } from "../../parts/me";
import { tell } from "../../parts/notice";
import { Page } from "../../parts/page";
import { today } from "../../words/times";
import { code, count, say } from "../../words/words";

async function read(): Promise<{ devices: DeviceLine[]; roles: RoleLine[] }> {
  const [devices, roles] = await Promise.all([
    ask({ case: "devices", value: {} }),
    ask({ case: "roles", value: {} }),
  ]);
  return {
    devices: devices.flatMap((each) => (each.kind.case === "device" ? [each.kind.value] : [])),
    roles: roles.flatMap((each) => (each.kind.case === "role" ? [each.kind.value] : [])),
  };
}

export function Devices() {
  const asked = useAsked(read);
  return (
    <Page title={say("devices.title")} wide>
      <Own />
      <Shown of={asked}>
        {({ devices, roles }) => (
          <>
            {devices
              .filter((each) => each.state === "ACTIVE" && !each.counts)
              .map((each) => (
                <Approve device={each} key={hex(each.device)} />
              ))}
            {roles
              .filter((each) => each.state === "ACTIVE" && !each.counts)
              .map((each) => (
                <ApproveRole role={each} key={hex(each.id)} />
              ))}
            <All devices={devices} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Own() {
  const status = useStatus();
  return (
    <dl class="govuk-summary-list">
      <div class="govuk-summary-list__row">
        <dt class="govuk-summary-list__key">{say("devices.own_number")}</dt>
        <dd class="govuk-summary-list__value ds-code">{status.deviceNumber}</dd>
      </div>
      <div class="govuk-summary-list__row">
        <dt class="govuk-summary-list__key">{say("devices.own_health")}</dt>
        <dd class="govuk-summary-list__value">
          {status.unsent > 0 ? count("strip.unsent", status.unsent) : say(status.allSynced ? "strip.synced" : "strip.not_met")}
        </dd>
      </div>
      <div class="govuk-summary-list__row">
        <dt class="govuk-summary-list__key">{say("devices.office")}</dt>
        <dd class="govuk-summary-list__value ds-code">{status.serverAddress}</dd>
      </div>
    </dl>
  );
}

// As it may be typed: small letters, blanks and dashes do not matter, and o, i, l are read as digits.
function same(typed: string, number: string): boolean {
  const plain = (text: string) =>
    text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return plain(typed) !== "" && plain(typed) === plain(number);
}

function approval(subject: Uint8Array, digest: Uint8Array, tenant: Uint8Array): Change {
  const change = new Change(hex(tenant));
  change
    .record("Approval")
    .set("subject", hex(subject))
    .set("digest", hex(digest))
    .set("decision", "APPROVED")
    .set("decided_on", today());
  return change;
}

function Approve(props: { device: DeviceLine }) {
  const { device } = props;
  const status = useStatus();
  const [number, setNumber] = useState("");
  const sending = useSending();
  const id = `number-${hex(device.device)}`;
  const send = () =>
    sending.send(same(number, device.number) ? {} : { [id]: say("devices.numbers_differ") }, async () => {
      tell(say("devices.approved"), await save(approval(device.device, device.digest, status.tenant)));
    });
  return (
    <section class="ds-card" aria-label={say("devices.to_approve", { name: device.userName })}>
      <Form sending={sending} onSend={send}>
        <h2 class="govuk-heading-m">{say("devices.to_approve", { name: device.userName })}</h2>
        <Line
          id={id}
          label={say("devices.number")}
          hint={say("devices.number_hint", { name: device.userName })}
          width={30}
          value={number}
          onValue={setNumber}
          error={sending.problems[id]}
        />
        <Send sending={sending} label={say("devices.approve")} />
      </Form>
    </section>
  );
}

function ApproveRole(props: { role: RoleLine }) {
  const { role } = props;
  const status = useStatus();
  const sending = useSending();
  const send = () =>
    sending.send({}, async () => {
      tell(say("devices.role_approved"), await save(approval(role.id, role.digest, status.tenant)));
    });
  const what = { name: role.userName, role: code("StaffRole.role", role.role), team: role.teamName };
  return (
    <section class="ds-card" aria-label={say("devices.role_to_approve", what)}>
      <Form sending={sending} onSend={send}>
        <h2 class="govuk-heading-m">{say("devices.role_to_approve", what)}</h2>
        <Send sending={sending} label={say("devices.approve_role")} />
      </Form>
    </section>
  );
}

function All(props: { devices: DeviceLine[] }) {
  return (
    <table class="govuk-table ds-table">
      <caption class="govuk-table__caption govuk-table__caption--m">{say("devices.all")}</caption>
      <thead class="govuk-table__head">
        <tr class="govuk-table__row">
          {(["devices.person", "devices.kind", "devices.state"] as const).map((key) => (
            <th scope="col" class="govuk-table__header" key={key}>
              {say(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody class="govuk-table__body">
        {props.devices.map((each) => (
          <tr class="govuk-table__row" key={hex(each.device)}>
            <th scope="row" class="govuk-table__header">
              {each.userName}
            </th>
            <td class="govuk-table__cell" data-label={say("devices.kind")}>
              {code("Device.kind", each.kind)}
            </td>
            <td class="govuk-table__cell" data-label={say("devices.state")}>
              {each.counts ? say("devices.counts") : code("Device.state", each.state)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
