"""The programs as people use them: a device with its PIN, the office's server, run and checked.

For scripts/demo and the tests that start real processes. Every process is ended by the pid it was
started with.
"""
import hashlib
import json
import random
import signal
import socket
import subprocess
import time
from pathlib import Path


class PROGRAMS:
    """Where the programs lie; set once, before anything is run."""

    folder = Path("build/release/bin")


class Failed(Exception):
    """What was claimed did not hold; the message is the sentence for a person."""


def check(holds, claim):
    if not holds:
        raise Failed(claim)


def run(words, fails=False, quiet_input=None):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, input=quiet_input)
    if (done.returncode != 0) != fails:
        what = "was refused" if not fails else "should have been refused"
        raise Failed(f"`{' '.join(Path(str(words[0])).name if i == 0 else str(w) for i, w in enumerate(words))}` "
                     f"{what}: {(done.stderr or done.stdout).strip()}")
    return done.stderr if fails else done.stdout


class Device:
    """One person's device, used as they would: the program `doorstep` on its own folder."""

    def __init__(self, home, name, role):
        self.name = name
        self.role = role
        self.short = name.split()[0]
        self.folder = home / "devices" / self.short.lower()
        self.pin = home / "pins" / self.short.lower()
        self.pin.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.pin.write_text(f"{self.short} keeps this door shut\n")
        self.pin.chmod(0o600)

    def words(self, *command):
        return [PROGRAMS.folder / "doorstep", "--dir", self.folder, "--pin-file", self.pin, *command]

    def __call__(self, *command):
        return run(self.words(*command))

    def json(self, *command):
        return json.loads(run(self.words("--json", *command)))

    def refused(self, *command):
        return run(self.words(*command), fails=True)

    def sync(self, alarm=False):
        report = self.json("sync")
        raised = report.get("alarms", [])
        check(alarm or not raised, f"{self.short}'s contact raised an alarm: {raised}")
        return report

    def status(self):
        return self.json("status")

    def made(self, *command):
        """Runs a command that writes, and gives the ids of what it made, by type."""
        committed = self.json(*command)
        check(committed.get("expected", "APPLIED") == "APPLIED",
              f"{self.short}'s change would be held: {committed.get('words')}")
        return {record["type_name"]: record["id"] for record in committed["records"]}

    def records(self, type_name, family=None):
        extra = ["--family", family] if family else []
        return self.json("ls", type_name, *extra)

    def scopes(self):
        return {line["scope"]: line for line in self.json("scopes")}

    def text(self, home, words):
        path = home / "texts" / f"{hashlib.sha256(words.encode()).hexdigest()[:12]}.txt"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(words)
        return f"@{path}"


def free_ports():
    """A port of loopback whose next one is free too: the sync port and the enrolment port."""
    for _ in range(200):
        port = random.randrange(20000, 60000)
        try:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
                return port
        except OSError:
            continue
    raise Failed("no two neighbouring ports are free on loopback")


class Server:
    """`doorstepd` on one machine: started, stopped and put back by the pid it was started with."""

    def __init__(self, home):
        self.home = home
        self.folder = home / "server"
        self.port = free_ports()
        self.address = f"127.0.0.1:{self.port}"
        self.process = None
        self.flags = []  # of `doorstepd serve`, beside its address
        self.log = home / "server.log"

    def __call__(self, command, *words):
        return run([PROGRAMS.folder / "doorstepd", command, self.folder, *words])

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAMS.folder / "doorstepd", "serve", self.folder, "--listen", self.address,
                 *self.flags],
                stdout=log, stderr=log, start_new_session=True)  # Ctrl-C is ours to answer
        for _ in range(300):
            check(self.process.poll() is None, f"doorstepd ended at once; see {self.log}")
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise Failed(f"doorstepd does not answer; see {self.log}")

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("doorstepd did not end within 30 seconds of being asked")
        finally:
            self.process = None
        check(code == 0, f"doorstepd ended with {code}; see {self.log}")


def hold_ceremony(home, server, administrator, supervisor):
    """A new authority: keys split among officers, entry 1, a server that has it, two devices.

    Gives what the ceremony said, and leaves the server up and both devices waiting for a contact.
    """
    def ceremony(*words):
        return run([PROGRAMS.folder / "doorstep-ceremony", *words])

    server("init", "--address", server.address)
    requests = {}
    for device in (administrator, supervisor):
        requests[device] = home / f"{device.short.lower()}.request"
        device("request", requests[device])
    root, recovery, backups = (home / "officers" / name for name in ("root", "recovery", "backups"))
    root.parent.mkdir(mode=0o700)
    out = ceremony("root", "create", "--out", root)
    out += ceremony("recovery", "create", "--root", root / "root.public", "--out", recovery)
    out += ceremony("backup-key", "create", "--out", backups)
    genesis = home / "genesis.bundle"
    ceremony("genesis", "--share", root / "root.share-1", "--share", root / "root.share-3",
             "--recovery", recovery / "recovery.public",
             "--server", server.folder / "server.request",
             "--authority", "Sampleshire Council", "--team", "North",
             "--administrator", f"{administrator.name}={requests[administrator]}",
             "--supervisor", f"{supervisor.name}={requests[supervisor]}", "--out", genesis)
    server("admit", genesis)
    server.start()
    for device in (administrator, supervisor):
        device("accept", genesis)
    return out


def join(device, robin, sam, role_name="KEY_WORKER"):
    """By invitation of Robin; Sam compares the number that the device's person reads out, and approves.

    Gives the number, and the ids of the person and the device.
    """
    staff = robin.made("staff", "add", device.name)["StaffMember"]
    role = robin.made("role", "give", staff, role_name, "--team", "North")["StaffRole"]
    robin.sync()
    code = robin.json("invite", staff, "--kind", "PHONE")["invited"]["code"]
    waiting = subprocess.Popen([str(w) for w in device.words("enrol", code, "--wait", "120")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    confirmed = None
    for _ in range(60):
        attempt = subprocess.run([str(w) for w in robin.words(
            "--json", "confirm", staff, code, "--kind", "PHONE", "--name", f"{device.short}'s phone")],
            capture_output=True, text=True)
        if attempt.returncode == 0:
            confirmed = json.loads(attempt.stdout)["confirmed"]
            break
        time.sleep(0.5)
    out, error = waiting.communicate(timeout=150)
    check(confirmed is not None, f"the invitation of {device.name} was never asked for: {error or attempt.stderr}")
    check(waiting.returncode == 0, f"{device.name} could not join: {error}")
    robin.sync()
    number = device.status()["device_number"]
    sam.sync()
    wrong = ("0" if number[0] != "0" else "1") + number[1:]
    refusal = sam.refused("approve-device", confirmed["device"], "--number", wrong)
    check("differ" in refusal, "a wrong device number was not refused")
    sam("approve-device", confirmed["device"], "--number", number)
    sam("approve-role", role)
    sam.sync()
    device.sync()
    status = device.status()
    check(status["life"] == "ENROLLED", f"{device.name}'s device does not count after approval")
    return number, {"staff": staff, "device": confirmed["device"]}


class Pages:
    """`doorstep open` on one device: its address, until it is stopped or killed."""

    def __init__(self, device, folder=None, port=0):
        self.device = device
        words = ["open", "--no-browser", "--port", port]
        if folder is not None:
            words += ["--pages", folder]
        self.process = subprocess.Popen([str(w) for w in device.words(*words)], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise Failed(f"{device.short}'s pages did not open: {self.process.communicate()[1].strip()}")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)
        self.process.stdout.close()
        self.process.stderr.close()
