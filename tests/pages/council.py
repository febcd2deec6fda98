#!/usr/bin/env python3
"""council.py BIN PAGES HOME: a small council for the tests of the pages, with real cores and a server.

Ana and Ben are key workers, Sam their supervisor, Robin the administrator. Says one line of JSON when
all of it stands: the address of each person's pages and their passphrases. Then it does what it is told,
one line of JSON each, and answers each with one line, until its input ends:

  {"do": "office", "up": false}              the server stops, or starts again
  {"do": "open", "who": "ana"}               the pages of a device, opened; answers with the address
  {"do": "close", "who": "ana", "how": "kill"}
  {"do": "run", "who": "ana", "words": […]}  the command line on a device whose pages are closed

With HOME kept from an earlier run the council is taken from there as it was.
"""
import json
import shutil
import signal
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from demo_programs import PROGRAMS, Device, Failed, Pages, Server, check, hold_ceremony, join

NAMES = {"robin": ("Robin Archer", "administrator"), "sam": ("Sam Sutton", "supervisor"),
         "ana": ("Ana Field", "key worker"), "ben": ("Ben Marsh", "key worker")}


def day(offset):
    return (date.today() + timedelta(days=offset)).isoformat()


def at(hour, minute=0, offset=0):
    moment = datetime.combine(date.today() + timedelta(days=offset), datetime.min.time())
    return moment.replace(hour=hour, minute=minute).strftime("%Y-%m-%d %H:%M")


class Council:
    def __init__(self, home):
        self.home = home
        self.server = Server(home)
        self.people = {short: Device(home, *who) for short, who in NAMES.items()}
        self.open = {}
        self.ids = {}

    def __getattr__(self, short):
        return self.people[short]

    def put(self, device, type_name, fields, **more):
        path = self.home / "texts" / "record.json"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(json.dumps({"type": type_name, "fields": fields, **more}))
        return device.made("put", path)[type_name]

    # ---- What was written before a test begins ------------------------------------------------------

    def found(self):
        robin, sam, ana, ben = self.robin, self.sam, self.ana, self.ben
        hold_ceremony(self.home, self.server, robin, sam)
        robin.sync()
        sam.sync()
        for short in ("ana", "ben"):
            self.ids[short] = join(self.people[short], robin, sam)[1]
        tenant = robin.status()["tenant"]
        self.put(robin, "Authority", {"name": "Sampleshire Council", "hub_phone": "01632 960 101",
                                      "out_of_hours_phone": "01632 960 102", "notice_version": 1},
                 id=tenant)
        role = robin.made("role", "give", robin.status()["user"], "PROGRAMME", "--team",
                          "North")["StaffRole"]
        robin.sync()
        sam.sync()
        sam("approve-role", role)
        sam.sync()
        robin.sync()
        activation = self.put(robin, "ProgrammeActivation", {
            "ruleset": 1, "ruleset_version": 1, "ruleset_digest": "ab" * 32, "from_on": "2026-04-01"})
        robin.sync()
        for name in ("Tarrowby", "Merrin"):
            self.family(name, activation)
        self.plan()
        self.safe()
        self.visits()
        for device in (ana, ben, sam, ana):
            device.sync()

    def family(self, name, activation):
        ana, sam = self.ana, self.sam
        made = ana.made("family", "new", name, "--team", "North",
                        "--child", f"Odelyn {name}:2018-04-01", "--child", f"Pip {name}:2021-09-12",
                        "--adult", f"Bea {name}:1990-06-30", "--adult", f"Cal {name}:1988-01-12",
                        "--referral", "The school asked for help with mornings.",
                        "--door-note", "Ring twice; the bell sticks.")
        self.ids[name] = made["Family"]
        ana.sync()
        sam.sync()
        self.ids[f"{name} episode"] = sam.made("episode", "new", name, "--programme",
                                               activation)["Episode"]
        sam.made("assign", name, self.ids["ben"]["staff"], "--relation", "COVER", "--restricted")
        sam.sync()
        ana.sync()
        self.ben.sync()

    def plan(self):
        ana = self.ana
        self.ids["plan"] = ana.made("plan", "new", "Tarrowby", "--aim",
                                    "Mornings in which everybody gets where they need to be.")["Plan"]
        need = ana.made("need", "Tarrowby", "--code", "3", "--person", "Odelyn", "--detail",
                        "Late on most days since the move.")["Need"]
        goal = ana.made("goal", "add", "Tarrowby", "--need", need, "--due", day(60), "--target", "8",
                        "--baseline", "3", "--wording", "Odelyn is in school on time.")["Goal"]
        ana.made("action", "add", goal, "--wording", "Walk to school together on Mondays.", "--due",
                 day(5), "--staff", "Ana")
        ana.made("action", "add", goal, "--wording", "Lay out the clothes the evening before.", "--due",
                 day(-3), "--person", "Bea")

    def safe(self):
        self.put(self.ana, "Marker", {
            "kind": "DANGEROUS_ANIMAL", "narrative": "A large dog, not used to strangers.",
            "from_on": day(-10), "review_on": day(80), "state": "ACTIVE"}, family="Tarrowby")
        self.ana.made("safe-address", "Tarrowby", "Bea", "--excluded", "Cal", "--review", day(90),
                      "--lines", "Hollowmere Cottage\n2 Sample Lane", "--reason",
                      "She is afraid of him; brackenlatch is the word agreed.")

    def visits(self):
        ana = self.ana
        ana.made("visit", "new", "Tarrowby", "--planned", at(23, 30), "--place", "HOME", "--kind",
                 "SUPPORT", "--present", "Bea")
        ana.made("visit", "new", "Merrin", "--planned", at(9, 0, 1), "--place", "SCHOOL", "--kind",
                 "ASSESSMENT", "--present", "Bea")
        done = ana.made("visit", "new", "Tarrowby", "--started", at(10, 0, -7), "--place", "HOME",
                        "--kind", "SUPPORT", "--present", "Bea", "--seen", "Odelyn", "--account",
                        "We sat in the kitchen. The new timetable hangs on the door.")["Visit"]
        ana.made("visit", "seen", done, "Pip", "--not-seen")
        ana.made("visit", "sign", done, "--ended", at(11, 0, -7))
        ana.made("note", "Tarrowby", "Rang school: in on time four days of five.", "--kind", "PHONE",
                 "--person", "Odelyn")

    # ---- While tests run ----------------------------------------------------------------------------

    def do(self, told, pages):
        what = told["do"]
        if what == "office":
            self.server.start() if told["up"] else self.server.stop()
            return {}
        short = told["who"]
        if what == "open":
            self.open[short] = Pages(self.people[short], pages)
            return {"url": self.open[short].url}
        if what == "close":
            self.open.pop(short).stop(signal.SIGKILL if told.get("how") == "kill" else signal.SIGTERM)
            return {}
        check(what == "run", f"nobody knows how to {what}")
        return {"said": self.people[short](*told["words"])}

    def end(self):
        for pages in self.open.values():
            pages.stop()
        self.server.stop()


def main():
    bin_folder, pages, home = map(Path, sys.argv[1:4])
    PROGRAMS.folder = bin_folder
    kept = home / "council.json"
    if not kept.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700, parents=True)
    council = Council(home.resolve())
    if kept.exists():
        port, council.ids = json.loads(kept.read_text())
        council.server.port, council.server.address = port, f"127.0.0.1:{port}"
        council.server.start()
    try:
        if not kept.exists():
            council.found()
            kept.write_text(json.dumps([council.server.port, council.ids]))
        phrases = {short: device.pin.read_text().strip() for short, device in council.people.items()}
        print(json.dumps({"ids": council.ids, "phrases": phrases}), flush=True)
        for line in sys.stdin:
            try:
                answer = council.do(json.loads(line), pages)
            except Failed as failed:
                answer = {"failed": str(failed)}
            print(json.dumps(answer), flush=True)
    finally:
        council.end()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128))
    main()
