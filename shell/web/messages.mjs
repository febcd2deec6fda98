// Types of the messages that cross the C ABI, made from the protocol files into gen/ by protoc and
// protoc-gen-es. Run by every build; nothing of it is committed.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const protos = join(here, "../../proto");
const out = join(here, "gen");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(
  "protoc",
  [
    `--plugin=protoc-gen-es=${join(here, "node_modules/.bin/protoc-gen-es")}`,
    `--proto_path=${protos}`,
    `--es_out=${out}`,
    "--es_opt=target=ts",
    ...["client", "change", "records", "annotations"].map((name) => `doorstep/v1/${name}.proto`),
  ],
  { stdio: "inherit" },
);
