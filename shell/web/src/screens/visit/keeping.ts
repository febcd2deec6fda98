// A draft on a screen: every change is on its way to the core within a third of a second, and is there
// before the screen is left.
import { useEffect, useRef, useState } from "preact/hooks";
import { putDraft } from "../../core/drafts";
import type { VisitDraft, Writing } from "./visit_draft";
import { writing } from "./visit_draft";

const PAUSE_MS = 300;

export interface Keeping {
  writing: Writing | undefined;
  error: unknown;
  kept: Date | undefined; // when the core last took it
  change: (part: Partial<VisitDraft>) => void;
  flush: () => Promise<void>;
}

export function useKeeping(scope: string, id: string): Keeping {
  const [now, setNow] = useState<Writing>();
  const [error, setError] = useState<unknown>();
  const [kept, setKept] = useState<Date>();
  const latest = useRef<VisitDraft | undefined>(undefined);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const flush = async () => {
    clearTimeout(waiting.current);
    if (waiting.current === undefined || latest.current === undefined) return;
    waiting.current = undefined;
    try {
      await putDraft(id, latest.current);
      setKept(new Date());
    } catch (failed) {
      setError(failed);
    }
  };

  useEffect(() => {
    writing(scope, id).then((read) => {
      latest.current = read.draft;
      setNow(read);
    }, setError);
    const leave = () => void flush();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [scope, id]);

  return {
    writing: now,
    error,
    kept,
    flush,
    change(part) {
      if (latest.current === undefined) return;
      const draft = { ...latest.current, ...part };
      latest.current = draft;
      setNow((before) => before && { ...before, draft });
      clearTimeout(waiting.current);
      waiting.current = setTimeout(() => void flush(), PAUSE_MS);
    },
  };
}
