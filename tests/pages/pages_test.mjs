// Journeys through the pages as people make them: everything is found by what stands on the screen.
// Each begins where the one before ended, on one council; each runs at the width its people use, and
// every page is looked at by axe at both.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { axe, Browser, Council, shotsFolder, unlock, WIDTHS } from "./browser.mjs";

const { DOORSTEP_BIN: BIN, DOORSTEP_PAGES: PAGES, DOORSTEP_SHOTS: SHOTS, DOORSTEP_COUNCIL: KEPT } = process.env;
assert.ok(BIN && PAGES && SHOTS, "DOORSTEP_BIN, DOORSTEP_PAGES and DOORSTEP_SHOTS say where things lie");

let council;
let browser;
const people = {};

async function open(who, width) {
  const { url } = await council.tell({ do: "open", who });
  const person = await browser.person(url, width);
  people[who] = { url, ...person };
  await unlock(person.page, council.phrases[who]);
  return person.page;
}

async function closed(who, how = "end") {
  await people[who].context.close();
  await council.tell({ do: "close", who, how });
  delete people[who];
}

async function settled(page) {
  await page.getByText("One moment…").waitFor({ state: "detached" });
}

async function heading(page, text) {
  await page.getByRole("heading", { level: 1, name: text }).waitFor();
  await settled(page);
}

// The page as it stands, at both widths: nothing for axe to say, nothing wider than the screen.
async function looked(page, name) {
  const before = page.viewportSize();
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size);
    await settled(page);
    await page.screenshot({ path: join(shotsFolder(SHOTS), `${name}-${width}.png`), fullPage: true });
    assert.deepEqual(await axe(page), [], `${name} at ${width}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${name} is ${over} pixels wider than the ${width}`);
  }
  await page.setViewportSize(before);
}

// Until the strip says so; asks for a contact as a person would.
// A whole contact that began after the click: one under way may be too late for what was written.
async function met(page) {
  const talking = page.getByText("Talking to the office…");
  await talking.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Send and receive" }).click();
  await talking.waitFor({ state: "detached" });
  await page.getByText("All received by the office").first().waitFor();
}

async function family(page, name = "Tarrowby") {
  await page.getByRole("link", { name: "Families" }).click();
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, `The ${name} family`);
}

before(async () => {
  council = await Council.open(BIN, PAGES, KEPT);
  browser = await Browser.open();
});

after(async () => {
  const faults = Object.entries(people).flatMap(([who, each]) => each.faults.map((fault) => `${who}: ${fault}`));
  await browser?.close();
  await council?.close();
  assert.deepEqual(faults, [], "no page asked another host, failed or complained");
});

describe("a key worker's phone", () => {
  test("a wrong passphrase opens nothing, the right one opens Today", async () => {
    const { url } = await council.tell({ do: "open", who: "ana" });
    const person = await browser.person(url, "phone");
    people.ana = { url, ...person };
    const { page } = person;
    await heading(page, "Unlock this device");
    await looked(page, "unlock");
    await page.getByLabel("Passphrase").fill("not the passphrase at all");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText("not this device's passphrase").waitFor();
    await page.waitForTimeout(1200); // the core makes a wrong try wait
    await unlock(page, council.phrases.ana);
    await heading(page, "Today");
    assert.ok(!page.url().includes("token"), "the token stays out of sight");
    await looked(page, "today");
  });

  test("the family's page says what to know before the door, and hides nothing from its readers", async () => {
    const { page } = people.ana;
    await family(page);
    await page.getByText("A large dog, not used to strangers.").waitFor();
    await page.getByText("Ring twice; the bell sticks.").waitFor();
    await page.getByText("Hollowmere Cottage").waitFor();
    await looked(page, "family");
    assert.equal(await page.title(), "Family – Doorstep", "titles name nobody");
  });

  test("a note is written, refused while it is empty, and stands in the story", async () => {
    const { page } = people.ana;
    await page.getByRole("button", { name: "Write a note" }).click();
    await heading(page, "Write a note");
    await page.getByRole("button", { name: "Save the note" }).click();
    await page.getByRole("alert").getByText("Choose what it was").click();
    await looked(page, "note");
    await page.getByLabel("Phone").check();
    await page.getByLabel("What happened").fill("Bea rang: the bus was on time.");
    await page.getByRole("button", { name: "Save the note" }).click();
    await heading(page, "The Tarrowby family");
    await page.getByText("Bea rang: the bus was on time.").waitFor();
  });

  test("offline a visit is begun in steps, the device is killed, and it goes on where it stopped", async () => {
    let { page } = people.ana;
    await met(page);
    await council.tell({ do: "office", up: false });
    await page.getByRole("button", { name: "Record a visit" }).click();
    await heading(page, "Which visit?");
    await looked(page, "visits");
    await page.getByRole("button", { name: "A new visit" }).click();
    await heading(page, "Visit");
    await looked(page, "visit");
    await page.getByRole("link", { name: "Who was there, and when" }).click();
    await page.getByLabel("Yes, face to face").check();
    await page.getByLabel("Began").fill("2026-11-24T10:00");
    await page.getByLabel("Ended").fill("2026-11-24T11:00");
    await page.getByLabel("Bea Tarrowby").check();
    await looked(page, "visit-there");
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "Each child");
    const odelyn = page.getByRole("region", { name: "Odelyn" });
    await odelyn.getByRole("group", { name: "Was Odelyn seen?" }).getByLabel("Yes").check();
    await odelyn.getByRole("group", { name: "Was Odelyn seen alone?" }).getByLabel("Yes").check();
    await odelyn.getByLabel("Odelyn's own words or signs").fill("I like the new teacher. She has a lizard.");
    const pip = page.getByRole("region", { name: "Pip" });
    await pip.getByRole("group", { name: "Was Pip seen?" }).getByLabel("No").check();
    await looked(page, "visit-children");
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "What happened");
    await page.getByLabel("What you saw and heard").fill("The kitchen was warm. Odelyn showed me the lizard she had dra");
    await page.getByText("Kept on this device").waitFor();
    await closed("ana", "kill");

    page = await open("ana", "phone");
    await heading(page, "Today");
    await page.getByText("Unfinished").waitFor();
    await page.getByRole("link", { name: "Go on writing" }).click();
    await heading(page, "Visit");
    await page.getByRole("link", { name: "Each child" }).click();
    await heading(page, "Each child");
    assert.equal(
      await page.getByLabel("Odelyn's own words or signs").inputValue(),
      "I like the new teacher. She has a lizard.",
    );
    await page.getByRole("button", { name: "Continue" }).click();
    const account = page.getByLabel("What you saw and heard");
    assert.equal(await account.inputValue(), "The kitchen was warm. Odelyn showed me the lizard she had dra");
    await account.fill("The kitchen was warm. Odelyn showed me the lizard she had drawn.");
    await looked(page, "visit-account");
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "Goals");
    await page.getByLabel("Odelyn is in school on time.").check();
    await page.getByLabel("How do things stand with it?").selectOption("5");
    await looked(page, "visit-goals");
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "The next visit");
    await page.getByLabel("When is the next visit?").fill("2026-12-02T15:30");
    await looked(page, "visit-next");
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "Check your answers");
    await page.getByText("She has a lizard.").waitFor();
    await looked(page, "visit-check");
    await page.getByRole("button", { name: "Sign the visit" }).click();
    await heading(page, "The Tarrowby family");
    await page.getByText("The visit is signed and saved.").waitFor();
    await page.getByText("are on this device only").waitFor();
    await page.getByText("Seen: Odelyn.").first().waitFor();
    await looked(page, "family-unsent");
    await page.getByRole("link", { name: /on this device only/ }).click();
    await heading(page, "What is safe, and what is not yet");
    await looked(page, "safe");
  });

  test("the office comes back, the words arrive, and nothing is called sent before", async () => {
    const { page } = people.ana;
    await council.tell({ do: "office", up: true });
    await met(page);
    await family(page);
    assert.equal(await page.getByText("Saved on this device").count(), 0);
  });

  test("back and deep links lead to where one was", async () => {
    const { page } = people.ana;
    const link = page.url();
    await page.getByRole("link", { name: "Open the plan" }).click();
    await heading(page, "Plan");
    await page.goBack();
    await heading(page, "The Tarrowby family");
    await page.goForward();
    await heading(page, "Plan");
    await page.goto(link);
    await page.reload();
    await heading(page, "The Tarrowby family");
  });

  test("words are found on this device, and what was looked for stands in no address", async () => {
    const { page } = people.ana;
    await page.getByRole("link", { name: "Search" }).click();
    await page.getByLabel("Find words").fill("lizard");
    await page.getByText(/places? found/).waitFor();
    await page.getByRole("listitem").filter({ hasText: "lizard" }).first().waitFor();
    await looked(page, "search");
    assert.ok(!page.url().includes("lizard"));
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
    assert.ok(!kept.includes("lizard") && !kept.includes("Tarrowby"), "the browser keeps no content");
    await page.getByRole("link", { name: /A child on a visit/ }).first().click();
    await heading(page, "A child on a visit");
    await looked(page, "record");
  });

  test("a concern says that it is no referral, shows the numbers, and waits for the office in sight", async () => {
    const { page } = people.ana;
    await council.tell({ do: "office", up: false });
    await family(page);
    await page.getByRole("button", { name: "Raise a concern" }).click();
    await heading(page, "Raise a concern");
    await page.getByText("Writing this down is not a referral").waitFor();
    await page.getByRole("link", { name: "01632 960 101" }).waitFor();
    await looked(page, "concern");
    await page.getByLabel("Odelyn Tarrowby").check();
    await page.getByLabel("Today: telephone the hub").check();
    await page.getByLabel("What kind of harm?").selectOption({ label: "Neglect" });
    await page.getByLabel("What you saw and heard").fill("She had not eaten since yesterday.");
    await page.getByRole("button", { name: "Raise the concern" }).click();
    await heading(page, "Concern");
    await page.getByText("Do not wait for it: telephone.").waitFor();
    await page.getByRole("group", { name: "Did somebody answer?" }).getByLabel("Yes").check();
    await page.getByLabel("Who answered?").fill("J. Sample");
    await page.getByLabel("Their reference").fill("R-17");
    await looked(page, "concern-call");
    await page.getByRole("button", { name: "Save the call" }).click();
    await page.getByText("spoke to J. Sample.").waitFor();
    await page.getByRole("link", { name: "Today" }).click();
    await heading(page, "Today");
    await page.getByText("A concern about the Tarrowby family has not reached the office yet.").waitFor();
    await looked(page, "today-concern");
    await council.tell({ do: "office", up: true });
    await met(page);
    await page.getByText("has not reached the office yet").waitFor({ state: "detached" });
  });

  test("by keyboard alone: a visit is started, and checked out of", async () => {
    const { page } = people.ana;
    await family(page, "Merrin");
    const reach = async (name) => {
      for (let i = 0; i < 60; ++i) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
        if (now.startsWith(name)) return;
      }
      assert.fail(`${name} cannot be reached by keyboard`);
    };
    await reach("Record a visit");
    await page.keyboard.press("Enter");
    await heading(page, "Which visit?");
    await reach("A new visit");
    await page.keyboard.press("Enter");
    await heading(page, "Visit");
    await reach("Start this visit now");
    await page.keyboard.press("Enter");
    await reach("Start the visit");
    await page.keyboard.press("Enter");
    await page.getByText("Check out by").waitFor();
    await page.getByRole("link", { name: "Today" }).click();
    await page.getByRole("link", { name: "Check out or write up this visit Merrin" }).click();
    await page.getByText("You are expected out by").waitFor();
    await looked(page, "visit-under-way");
    await reach("I am out and safe");
    await page.keyboard.press("Enter");
    await page.getByText("You have checked out.").waitFor();
  });
});

describe("two accounts of one plan", () => {
  test("written apart, they stand side by side with the words that differ, and are told in one", async () => {
    const ana = people.ana.page;
    const ben = await open("ben", "phone");
    await met(ana);
    await met(ben);
    await council.tell({ do: "office", up: false });
    for (const [page, aim] of [
      [ana, "Everybody leaves the house by half past eight, calmly."],
      [ben, "Everybody leaves the house by a quarter past eight, together."],
    ]) {
      await family(page);
      await page.getByRole("link", { name: "Open the plan" }).click();
      await page.getByRole("link", { name: "Write these texts" }).click();
      await page.getByLabel("Aim").fill(aim);
      if (page === ana) await looked(page, "plan-words");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await heading(page, "Plan");
    }
    await council.tell({ do: "office", up: true });
    await met(ana);
    await met(ben);
    await met(ana);
    await ana.getByRole("link", { name: "To settle", exact: true }).click();
    await heading(ana, "To settle");
    await looked(ana, "waiting");
    await ana.getByRole("link", { name: /Plan: Aim/ }).click();
    await heading(ana, "Two accounts");
    await ana.locator("mark", { hasText: "calmly" }).waitFor();
    await ana.locator("mark", { hasText: "together" }).waitFor();
    await looked(ana, "conflict");
    await ana.getByLabel("Write what both tell").check();
    await ana.getByLabel("What should stand", { exact: true }).fill("Everybody leaves by half past eight, calmly and together.");
    await ana.getByRole("button", { name: "Settle", exact: true }).click();
    await heading(ana, "To settle");
    await met(ana);
    await met(ben);
    await family(ben);
    await ben.getByRole("link", { name: "Open the plan" }).click();
    await ben.getByText("Everybody leaves by half past eight, calmly and together.").waitFor();
  });

  test("goals and actions are added, the family agrees, the plan is submitted", async () => {
    const { page } = people.ana;
    await family(page);
    await page.getByRole("link", { name: "Open the plan" }).click();
    await heading(page, "Plan");
    await page.getByRole("link", { name: "Add a goal" }).click();
    await heading(page, "A new goal");
    await page.getByLabel("What should be different?").fill("Pip sleeps in his own bed.");
    await page.getByRole("group", { name: "Whom is it for?" }).getByLabel("Pip Tarrowby").check();
    await page.getByLabel("Where should they get to?").selectOption("8");
    await looked(page, "goal");
    await page.getByRole("button", { name: "Save the goal" }).click();
    await heading(page, "Plan");
    await page.getByRole("link", { name: "Add an action Pip sleeps in his own bed." }).click();
    await page.getByLabel("What will be done?").fill("A story at the same time each evening.");
    await page.getByLabel("Somebody of the family").check();
    await page.getByLabel("Who of the family?").selectOption({ label: "Bea Tarrowby" });
    await looked(page, "action");
    await page.getByRole("button", { name: "Save the action" }).click();
    await heading(page, "Plan");
    await page.getByRole("link", { name: "Say how it goes Walk to school together on Mondays." }).click();
    await page.getByLabel("Under way").check();
    await looked(page, "progress");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await heading(page, "Plan");
    await page.getByRole("figure").waitFor();
    await looked(page, "plan");
    await page.getByRole("button", { name: "Record the family's answer" }).click();
    await page.getByLabel("Bea Tarrowby").check();
    await page.getByLabel("The family agrees").check();
    await looked(page, "agree");
    await page.getByRole("button", { name: "Save the answer" }).click();
    await heading(page, "Plan");
    await page.getByRole("button", { name: "Submit for approval" }).click();
    await heading(page, "Submit the plan");
    await looked(page, "submit");
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await page.getByText("Waits for approval").waitFor();
    await met(page);
  });

  test("a copy for the parent it is kept from says nothing of where anybody is", async () => {
    const { page } = people.ana;
    await page.getByRole("button", { name: "Copy for the family" }).click();
    await heading(page, "Copy of the plan");
    await page.getByLabel("Whom is this copy for?").selectOption({ label: "Bea Tarrowby" });
    await page.getByText("Everybody leaves by half past eight, calmly and together.").waitFor();
    await looked(page, "copy");
    await page.getByLabel("Whom is this copy for?").selectOption({ label: "Cal Tarrowby" });
    await page.getByRole("heading", { name: "Plan for Cal Tarrowby" }).waitFor();
    const copy = await page.getByRole("article").innerText();
    for (const word of ["Hollowmere", "Sample Lane", "half past eight", "school", "Bea", "Odelyn"]) {
      assert.ok(!copy.includes(word), `${word} stands in the copy for an excluded person`);
    }
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.getByRole("button", { name: "Print" }).isVisible(), false);
    assert.equal(await page.getByRole("navigation").isVisible(), false);
    await page.emulateMedia({ media: "screen" });
  });
});

describe("a supervisor's desk", () => {
  test("the worklist names the concern and the plan first", async () => {
    const page = await open("sam", "desk");
    await met(page);
    await heading(page, "Worklist");
    await page.getByRole("table", { name: /Concerns nobody has acknowledged/ }).waitFor();
    await page.getByRole("table", { name: /Plans to decide/ }).waitFor();
    await looked(page, "worklist");
  });

  test("the concern is acknowledged", async () => {
    const { page } = people.sam;
    await page.getByRole("table", { name: /Concerns/ }).getByRole("link", { name: /Tarrowby/ }).click();
    await heading(page, "Concern");
    await page.getByText("She had not eaten since yesterday.").waitFor();
    await page.getByRole("button", { name: "I have read it and act on it" }).click();
    await page.getByText("The concern is acknowledged.").waitFor();
  });

  test("a plan is returned with a comment at a goal, answered, and approved offline as provisional", async () => {
    const { page } = people.sam;
    const decide = async () => {
      await page.getByRole("link", { name: "Worklist" }).click();
      await page.getByRole("table", { name: /Plans to decide/ }).getByRole("link", { name: /Tarrowby/ }).click();
      await heading(page, "Approve or return");
    };
    await decide();
    await page.getByLabel("Return with a comment").check();
    await page.getByLabel("Pip sleeps in his own bed.", { exact: true }).check();
    await looked(page, "decide");
    await page.getByRole("button", { name: "Record the decision" }).click();
    await page.getByRole("alert").getByText("Write what is missing").waitFor();
    await page.getByLabel("Comment", { exact: true }).fill("Where does Pip sleep now?");
    await page.getByRole("button", { name: "Record the decision" }).click();
    await page.getByText("The plan is returned.").waitFor();
    await met(page);

    const ana = people.ana.page;
    await met(ana);
    await family(ana);
    await ana.getByText("Returned").first().waitFor();
    await ana.getByRole("link", { name: "Open the plan" }).click();
    await ana.getByText("Where does Pip sleep now?").waitFor();
    await ana.getByRole("link", { name: "Change Pip sleeps in his own bed." }).click();
    await ana.getByLabel("What should be different?").fill("Pip sleeps in his own bed, not on the sofa.");
    await ana.getByRole("button", { name: "Save the goal" }).click();
    await ana.getByRole("button", { name: "Submit for approval" }).click();
    await ana.getByRole("button", { name: "Submit", exact: true }).click();
    await ana.getByText("Waits for approval").waitFor();
    await met(ana);
    await met(page);
    await council.tell({ do: "office", up: false });
    await decide();
    await page.getByText("not on the sofa").first().waitFor();
    await page.getByLabel("Approve", { exact: true }).check();
    await page.getByRole("button", { name: "Record the decision" }).click();
    await heading(page, "Plan");
    await page.getByText("Provisional until received").waitFor();
    await looked(page, "plan-approved");
    await council.tell({ do: "office", up: true });
    await met(page);
    await page.getByText("Provisional until received").waitFor({ state: "detached" });
    await page.getByText("Approved").first().waitFor();
  });

  test("a late edit makes the approval stale, with the words that changed", async () => {
    const ana = people.ana.page;
    const { page } = people.sam;
    await met(ana);
    await family(ana);
    await ana.getByRole("link", { name: "Open the plan" }).click();
    await ana.getByText("Approved").first().waitFor();
    await ana.getByRole("link", { name: "Change Odelyn is in school on time." }).click();
    await ana.getByLabel("What should be different?").fill("Odelyn is in school on time, four days of five.");
    await ana.getByRole("button", { name: "Save the goal" }).click();
    await ana.getByText("Changed since approval").waitFor();
    await met(ana);
    await met(page);
    await page.getByRole("link", { name: "Worklist" }).click();
    await page.getByRole("table", { name: /Plans to decide/ }).getByRole("link", { name: /Tarrowby/ }).click();
    await page.getByText("Changed since approval").waitFor();
    await page.locator("ins", { hasText: "four days of five" }).waitFor();
    await looked(page, "decide-difference");
  });

  test("an oversight note, figures with their tables, and the devices", async () => {
    const { page } = people.sam;
    await family(page);
    await page.getByRole("button", { name: "Write an oversight note" }).click();
    await page.getByLabel("What you decide").fill("Go on, and look at mornings again.");
    await looked(page, "oversight");
    await page.getByRole("button", { name: "Save the note" }).click();
    await page.getByText("The oversight note is saved.").waitFor();
    await page.getByRole("link", { name: "Figures" }).click();
    await heading(page, "Figures");
    await page.getByText("The same as a table Families led by each worker").click();
    await page.getByRole("cell", { name: "2", exact: true }).waitFor();
    await looked(page, "figures");
    await page.getByRole("link", { name: "Devices" }).click();
    await heading(page, "Devices");
    await looked(page, "devices");
  });

  test("a family is handed over; what the old lead wrote meanwhile is kept aside, read and released", async () => {
    const { page } = people.sam;
    const ana = people.ana.page;
    await met(ana);
    await council.tell({ do: "office", up: false });
    await family(ana, "Merrin");
    await ana.getByRole("button", { name: "Write a note" }).click();
    await ana.getByLabel("Phone").check();
    await ana.getByLabel("What happened").fill("Said in the stairwell, before anybody knew.");
    await ana.getByRole("button", { name: "Save the note" }).click();
    await ana.getByText("The note is saved.").waitFor();
    await closed("ana"); // offline until the family is another's
    await council.tell({ do: "office", up: true });
    await family(page, "Merrin");
    await page.getByRole("button", { name: "Allocate" }).click();
    await heading(page, "Who works with the family");
    await page.getByLabel("Who?").selectOption({ label: "Ben Marsh" });
    await page.getByLabel("Lead worker").check();
    await page.getByText("Ana Field is no longer the lead").waitFor();
    await looked(page, "places");
    await page.getByRole("button", { name: "Give the place" }).click();
    await page.getByText("The place is given.").waitFor();
    await met(page);

    // The device keeps what it owes until it is archived, and does not call that received.
    const again = await open("ana", "phone");
    await again.getByRole("button", { name: "Send and receive" }).click();
    await again.getByRole("link", { name: "Families" }).click();
    await heading(again, "Families");
    await again.getByRole("link", { name: "Merrin", exact: true }).waitFor({ state: "detached" });
    await met(page);
    await page.getByRole("link", { name: "To settle", exact: true }).click();
    await heading(page, "To settle");
    await page.getByRole("link", { name: /Merrin/ }).click();
    await heading(page, "Kept aside");
    await page.getByText("Said in the stairwell, before anybody knew.").waitFor();
    await page.getByLabel("Let it take effect").check();
    await looked(page, "held");
    await page.getByRole("button", { name: "Record the decision" }).click();
    await met(page);
    const ben = people.ben.page;
    await met(ben);
    await family(ben, "Merrin");
    await ben.getByText("Said in the stairwell, before anybody knew.").waitFor();
  });
});

describe("whoever looks", () => {
  test("a lock takes every word off the screen", async () => {
    const { page } = people.ben;
    await page.getByRole("button", { name: "Lock", exact: true }).click();
    await heading(page, "Unlock this device");
    const shown = await page.evaluate(() => document.documentElement.outerHTML);
    assert.ok(!shown.includes("Merrin") && !shown.includes("Ben Marsh"));
    await page.goBack();
    await heading(page, "Unlock this device");
  });

  test("another tab without the token sees nothing", async () => {
    const { page, faults } = await browser.person(people.sam.url.split("#")[0]);
    await heading(page, "Doorstep is closed");
    assert.ok(faults.every((fault) => fault.includes("401")));
    await page.context().close();
  });

  test("every word comes from the catalogue, and longer words break nothing", async () => {
    const disguised = await Browser.open("en-XA");
    const { page } = await disguised.person(people.sam.url, "phone");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForTimeout(500);
    const plain = await page.evaluate(() =>
      [...document.querySelectorAll("nav a, h1, h2, button, caption, thead th")]
        .map((each) => each.textContent.trim())
        .filter((text) => text !== "" && !text.startsWith("[")),
    );
    assert.deepEqual(plain, []);
    await page.screenshot({ path: join(SHOTS, "worklist-en-XA.png"), fullPage: true });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `longer words make it ${over} pixels too wide`);
    await disguised.close();
  });

  test("dark, and twice as large", async () => {
    const { page } = people.sam;
    await page.getByRole("link", { name: "Worklist" }).click();
    await page.emulateMedia({ colorScheme: "dark" });
    await looked(page, "worklist-dark");
    await family(page);
    await looked(page, "family-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `text twice as large makes it ${over} pixels too wide`);
  });
});
