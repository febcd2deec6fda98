// The distribution's Chromium on real pages, and a council to open them on.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const web = createRequire(join(here, "../../shell/web/package.json"));
const { chromium } = web("playwright-core");
const AXE = readFileSync(web.resolve("axe-core/axe.min.js"), "utf8");

export const WIDTHS = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } };

const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

// One browser a run; each person has a context of their own in it.
export class Browser {
  static async open(locale = "en-GB") {
    const self = new Browser();
    self.locale = locale;
    self.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      args: [...ARGUMENTS, ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
    });
    return self;
  }

  async person(url, width = "phone", more = {}) {
    const context = await this.browser.newContext({
      viewport: WIDTHS[width],
      locale: this.locale,
      timezoneId: "Europe/London",
      ...more,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const faults = [];
    page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(new URL(url).origin)) faults.push(`asked of another: ${request.url()}`);
    });
    await page.goto(url);
    return { page, context, faults };
  }

  close() {
    return this.browser.close();
  }
}

// axe's findings on the page as it stands, as lines.
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations.flatMap((each) =>
    each.nodes.map((node) => `${each.id}: ${node.target.join(" ")}: ${node.failureSummary?.replace(/\s+/g, " ")}`),
  );
}

// council.py, told line by line.
export class Council {
  static async open(bin, pages, kept) {
    const self = new Council();
    self.home = kept ?? mkdtempSync(join(tmpdir(), "doorstep-pages-"));
    self.temporary = kept === undefined;
    self.process = spawn("python3", [join(here, "council.py"), bin, pages, self.home], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    self.lines = createInterface({ input: self.process.stdout })[Symbol.asyncIterator]();
    Object.assign(self, await self.#next());
    return self;
  }

  async #next() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the council has ended; its last words stand above");
    return JSON.parse(value);
  }

  async tell(what) {
    this.process.stdin.write(`${JSON.stringify(what)}\n`);
    const answer = await this.#next();
    if (answer.failed) throw new Error(answer.failed);
    return answer;
  }

  async close() {
    this.process.stdin.end();
    await new Promise((ended) => this.process.on("exit", ended));
    if (this.temporary) rmSync(this.home, { recursive: true, force: true });
  }
}

export async function unlock(page, phrase) {
  await page.getByLabel("Passphrase").fill(phrase);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("button", { name: "Lock", exact: true }).waitFor();
}

export function shotsFolder(folder) {
  mkdirSync(folder, { recursive: true });
  return folder;
}
