"""words_test.py PROGRAMS: whatever people write comes back as it was written, and no terminal obeys it.

Rows B03, B04, B11 and B70 of the list of bad inputs, through the real `doorstep`, offline and across
a real server.
"""
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from demo_programs import PROGRAMS, Device, Server, check, hold_ceremony  # noqa: E402

WORDS = {
    "apostrophe": "O'Brien said 'no'",
    "null": "Null",
    "statement": "'; DROP TABLE visits; --",
    "turned": "see \u202egpj.exe\u202c there",
    "marks": "e" + "\u0301" * 3000,
    "emoji": "👩\u200d👧 and 🏳️\u200d🌈",
    "welsh": "ŵy, ŷd, tŷ",
    "arabic": "مرحبا بكم في البيت",
    "lines": "one\n\ttwo\n\nthree",
    "long": "words " * 5000,
}
REFUSED = {"escape": "red \x1b[31m", "bell": "ring\x07", "csi": "a\x9b31m", "delete": "a\x7f"}


def note(device, home, words):
    return device.made("note", "Example", device.text(home, words))["Contact"]


def text_of(device, identity):
    record = device.json("show", identity, "--type", "Contact")
    return record["json"]["text"]


def write_and_read(sam, home):
    notes = {name: note(sam, home, words) for name, words in WORDS.items()}
    for name, words in WORDS.items():
        check(text_of(sam, notes[name]) == words, f"{name} did not come back as it was written")
        shown = sam("show", notes[name], "--type", "Contact")
        check("\u202e" not in shown and "\x1b" not in shown, f"{name} was obeyed, not shown")
    check(len(sam("show", notes["marks"], "--type", "Contact")) < 1500, "a pile of marks was drawn whole")
    for name, words in REFUSED.items():
        said = sam.refused("note", "Example", sam.text(home, words))
        check(words not in said and "Nothing was" in said, f"{name} was not refused with a sentence")
    sam.sync()
    for name, words in WORDS.items():
        check(text_of(sam, notes[name]) == words, f"{name} changed on its way to the office and back")


def refuse(sam, home):
    check("no type of record" in sam.refused("ls", "Nonsense"), "an unknown type is not refused")
    check("no field" in sam.refused("edit", "Family", "Example", "nonsense=1")
          or "answers to that" in sam.refused("edit", "Family", "Example", "nonsense=1"),
          "an unknown field is not refused")
    check("answers to that" in sam.refused("story", "Nobody"), "an unknown family is not refused")
    twice = home / "twice.json"
    twice.write_text(json.dumps({"family": "Example", "records": [
        {"type": "Contact", "fields": {"kind": "NOTE", "text": 7, "happened_at": "yesterday"}}]}))
    check("Nothing was" in sam.refused("put", twice), "a value of another kind is not refused")
    for bad in ("{", "[]", "{}", '{"records": 3}', '{"records": [{"type": "Contact"}]}'):
        file = home / "bad.json"
        file.write_text(bad)
        sam.refused("put", file)
    sample = ("address", "Example", "Ada", "--lines", "1 Sample Street", "--postcode", "ZZ99 9ZZ")
    check("samples" in sam.refused(*sample), "a sample's postcode is taken for a real one")
    sam("--samples", *sample)
    for wrong in ("Q1 1AA", "L1 8CQ", "PR2"):
        sam.refused("address", "Example", "Ada", "--lines", "1 Sample Street", "--postcode", wrong)
    check(sam.records("Address", "Example")[0]["json"]["postcode"] == "ZZ99 9ZZ", "postcode as stored")


def main():
    PROGRAMS.folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="doorstep-words-") as folder:
        home = Path(folder)
        server = Server(home)
        robin = Device(home, "Robin Archer", "administrator")
        sam = Device(home, "Sam Sutton", "supervisor")
        sam.home = home
        try:
            hold_ceremony(home, server, robin, sam)
            sam.sync()
            sam.made("family", "new", "Example", "--team", "North", "--child", "Ada Example:2018-04-01")
            sam.sync()
            write_and_read(sam, home)
            refuse(sam, home)
        finally:
            server.stop()
    print("words_test: everything held")


main()
