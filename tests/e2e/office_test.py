"""office_test.py PROGRAMS: questions to the office with the real programs.

A duty worker finds a family and opens it for some hours; an auditor sees who looked; a supervisor
is told of known families, their worker only whom to ask; a restricted family answers as none.
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from demo_programs import PROGRAMS, Device, Server, check, hold_ceremony  # noqa: E402

BORN = "2019-03-14"
NOBODY = "0123456789abcdef0123456789abcdef"


class Council:
    def __init__(self, home):
        self.home = home
        self.server = Server(home)
        self.server.flags = ["--enrol-per-minute", "600"]  # three people join from one machine at once
        self.robin = Device(home, "Robin Archer", "administrator")
        self.sam = Device(home, "Sam Sutton", "supervisor")
        hold_ceremony(home, self.server, self.robin, self.sam)
        self.robin.sync()
        self.sam.sync()

    def hire(self, name, role):
        """By invitation, the device and the role approved by Sam."""
        device = Device(self.home, name, role)
        staff = self.robin.made("staff", "add", name)["StaffMember"]
        given = self.robin.made("role", "give", staff, role, "--team", "North")["StaffRole"]
        self.robin.sync()
        code = self.robin.json("invite", staff, "--kind", "PHONE")["invited"]["code"]
        waiting = subprocess.Popen([str(w) for w in device.words("enrol", code, "--wait", "120")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        confirmed = None
        for _ in range(60):
            attempt = subprocess.run([str(w) for w in self.robin.words(
                "--json", "confirm", staff, code, "--kind", "PHONE")], capture_output=True, text=True)
            if attempt.returncode == 0:
                confirmed = json.loads(attempt.stdout)["confirmed"]
                break
            time.sleep(0.5)
        _, error = waiting.communicate(timeout=150)
        check(confirmed is not None and waiting.returncode == 0, f"{name} could not join: {error}")
        self.robin.sync()
        self.sam.sync()
        self.sam("approve-device", confirmed["device"], "--number", device.status()["device_number"])
        self.sam("approve-role", given)
        self.sam.sync()
        device.sync()
        device.id = confirmed["device"]
        return device


def begin(device, name):
    made = device.made("family", "new", name, "--team", "North", "--child", f"Siân O'Brien:{BORN}")
    device.sync()
    return made["Family"]


def find(device, *words):
    return device.json("find", *words).get("hits", [])


def open_in_an_emergency(sam, dot, family):
    hits = find(dot, "--name", "OBRIEN", "--given", "Sian", "--born", BORN)
    check([h["family"] for h in hits] == [family], "a duty worker does not find the family")
    check(hits[0]["name"] == "Example" and hits[0]["team_name"] == "North", "a hit has no name or team")
    check("Sam" in hits[0]["lead_name"] or "Ana" in hits[0]["lead_name"], "a hit does not say who leads")
    check("answers to that" in dot.refused("story", "Example"), "a family is read before it is opened")
    refused = dot.refused("duty", NOBODY, "--note", "child alone")
    opened = dot.json("duty", family, "--note", "child alone, police rang")
    check(opened["family"] == family and opened["until_ms"] > time.time() * 1000, "duty opened nothing")
    check("O'Brien" in dot("story", "Example", "--whole"), "duty does not read the family it opened")
    sam.sync()
    places = sam.json("ls", "Assignment", "--family", "Example")
    check(any(p["json"].get("relation") == "BREAK_GLASS" for p in places),
          "the supervisor does not see that the family was opened")
    return refused


def look(sam, dot, uma, family):
    dot.sync()
    check("office" in sam.refused("looked", family, "--everywhere"), "a supervisor read all journals")
    lines = uma.json("looked", family, "--everywhere")["lines"]
    check(any("Dot" in line["user_name"] and line.get("purpose") == "EMERGENCY" for line in lines),
          "the duty worker's own record of looking is not there")
    check(any("Dot" in line["user_name"] and line.get("told") == "found" for line in lines),
          "what the office told the duty worker is not there")
    mine = dot.json("looked", "Example")["lines"]
    check(any(line["acts"] == ["VIEW"] for line in mine), "a device does not keep its own looks")
    journal = uma.json("audit", "journal", dot.id)["records"]
    check(len(journal) > 0 and all(r["type_name"] == "AccessEvent" for r in journal),
          "an auditor does not read a journal")
    kinds = {head["kind"] for head in uma.json("audit", "logs")["heads"]}
    check(kinds == {"DIRECTORY", "JOURNAL", "FAMILY"}, f"not every log is listed: {kinds}")


def ask_who_is_known(sam, ana):
    scope = begin(ana, "Newcomer")
    sam.sync()
    told = sam.json("known", scope).get("hits", [])
    check([h["name"] for h in told] == ["Example"], "the supervisor is not told who is known")
    check(any(g["kind"] == "BIRTH_DATE_EQUAL" for g in told[0]["grounds"]), "a candidate has no reasons")
    worker = ana.json("known", scope)
    check(worker.get("ask_your_supervisor") and "hits" not in worker, "a worker is told more than whom to ask")
    names = {line["name"] for line in sam.json("my-team")["families"]}
    check(names == {"Example", "Newcomer"}, f"a supervisor's team is not listed: {names}")


def close_a_family(sam, dot, family, unknown):
    sam("edit", "Family", family, "restricted=true")
    sam.sync()
    hits = find(dot, "--name", "O'Brien", "--born", BORN)
    check(family not in [h["family"] for h in hits], "a restricted family is found")
    check(dot.refused("duty", family, "--note", "child alone") == unknown,
          "a restricted family does not answer as one that is not there")


def main():
    PROGRAMS.folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        council = Council(Path(folder))
        try:
            ana = council.hire("Ana Field", "KEY_WORKER")
            dot = council.hire("Dot Night", "DUTY")
            uma = council.hire("Uma Audit", "AUDITOR")
            sam = council.sam
            family = begin(ana, "Example")
            sam.sync()
            unknown = open_in_an_emergency(sam, dot, family)
            look(sam, dot, uma, family)
            ask_who_is_known(sam, ana)
            close_a_family(sam, dot, family, unknown)
            check("office" in council.robin.refused("find", "--name", "O'Brien", "--born", BORN),
                  "an administrator asks the office")
        finally:
            council.server.stop()
    print("the office answers whom it should, what it should")


if __name__ == "__main__":
    main()
