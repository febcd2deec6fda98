// One call of the C ABI by way of the host: bytes out, bytes back, or the core's own error.
import { token } from "./token";

// ds_status and DS_REASON_… of doorstep.h, those that pages speak of.
export const enum Code {
  Ok = 0,
  Cancelled = 1,
  InvalidArgument = 3,
  NotFound = 5,
  FailedPrecondition = 9,
  Unavailable = 14,
  Unauthenticated = 16,
}
export const enum Reason {
  None = 0,
  State = 3,
  Locked = 7,
  Auth = 8,
  NotFound = 12,
  Busy = 18,
}

export class CoreError extends Error {
  constructor(
    readonly status: number,
    readonly reason: number,
    readonly body: Uint8Array<ArrayBuffer> = new Uint8Array(),
  ) {
    super(`core answered ${status}, reason ${reason}`); // never content
  }
}

// The host is not there, or does not know this tab.
export class HostError extends Error {
  constructor(readonly http: number) {
    super(`host answered ${http}`);
  }
}

export async function call(
  name: string,
  argument: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(`/api/${name}`, {
      method: "POST",
      headers: { "doorstep-token": token(), "content-type": "application/octet-stream" },
      body: argument,
      credentials: "omit",
    });
  } catch {
    throw new HostError(0);
  }
  if (!response.ok) throw new HostError(response.status);
  const body = new Uint8Array(await response.arrayBuffer());
  const status = Number(response.headers.get("doorstep-status"));
  if (status === Code.Ok) return body;
  throw new CoreError(status, Number(response.headers.get("doorstep-reason")), body);
}
