"""example_test.py PROGRAMS: examples/record_a_visit.c, from no folder to a visit at the office."""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from demo_programs import PROGRAMS, Device, Server, check, hold_ceremony, run  # noqa: E402


class Example(Device):
    """A device that is the example program, as far as the ceremony needs one."""

    def __call__(self, command, file):
        step = "request" if command == "request" else "visit"
        return run([PROGRAMS.folder / "record_a_visit", self.folder, step, file])


def main():
    PROGRAMS.folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="doorstep-example-") as folder:
        home = Path(folder)
        server = Server(home)
        sam = Example(home, "Sam Sutton", "supervisor")
        try:
            hold_ceremony(home, server, Device(home, "Robin Archer", "administrator"), sam)
            sam.pin.write_text("only an example\n")
            visits = sam.records("Visit")
            check(len(visits) == 1, "the example recorded no visit")
            check("They would like help" in visits[0]["json"]["account"], "its words are others")
            check([family["name"] for family in sam.json("family")] == ["Example"], "no family began")
            check(sam.sync()["pushed"] == 1, "what the example recorded was not sent")
        finally:
            server.stop()
    print("example_test: everything held")


main()
