// What the core says of this device and its person, for every screen below the frame.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Status } from "../../gen/doorstep/v1/client_pb";
import type { Id } from "../core/bytes";
import { hex } from "../core/bytes";

export const StatusContext = createContext<Status | undefined>(undefined);

export interface Me {
  user: Id;
  name: string;
  supervises: boolean;
  works: boolean; // with families, as a key worker
}

export function useStatus(): Status {
  const status = useContext(StatusContext);
  if (status === undefined) throw new Error("below the frame there is a status");
  return status;
}

export function useMe(): Me {
  const status = useStatus();
  return {
    user: hex(status.user),
    name: status.userName,
    supervises: status.roles.includes("SUPERVISOR"),
    works: status.roles.some((role) => role === "KEY_WORKER" || role === "SCHOOL_WORKER"),
  };
}
