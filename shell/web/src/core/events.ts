// "Something may have changed", told by the host as it happens. Whoever listens asks the core again.
import { token } from "./token";

type Event = "records" | "lock";
const listeners = new Set<(event: Event) => void>();

export function listen(listener: (event: Event) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

async function read(): Promise<void> {
  const response = await fetch("/events", {
    method: "POST",
    headers: { "doorstep-token": token() },
    credentials: "omit",
  });
  if (!response.ok || response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const line of value.split("\n")) {
      if (line === "records" || line === "lock") for (const each of listeners) each(line);
    }
  }
}

// For as long as the page lives. A host that went away is asked for again every few seconds.
export async function follow(): Promise<never> {
  for (;;) {
    await read().catch(() => undefined);
    await new Promise((wait) => setTimeout(wait, 3000));
    for (const each of listeners) each("lock");
  }
}
