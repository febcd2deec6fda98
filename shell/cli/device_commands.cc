// The device itself: how it joins, what it is, its contacts with the office, what is being written.
#include <algorithm>
#include <cassert>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "shell/cli/change.h"
#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

constexpr size_t kBundleBytesMax = 1 << 20;
// The office takes ten questions a minute of one address.
constexpr uint32_t kFirstPollSeconds = 3;
constexpr uint32_t kPollSeconds = 7;

void PrintStatus(Core& core, const v1::Status& status) {
  if (core.settings().json)
    std::cout << ToJson(status).dump(2) << "\n";
  else
    std::cout << StatusText(status);
}

std::string ReadBundle(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() < 0)
    Fail(Exit::kNotFound, "that file cannot be read. Nothing was changed.");
  if (static_cast<size_t>(file.tellg()) > kBundleBytesMax) {
    Fail(Exit::kLimit, "that file is too long for a genesis bundle. Nothing was changed.");
  }
  std::string bytes(static_cast<size_t>(file.tellg()), '\0');
  file.seekg(0);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

void Request(Core& core, const Arguments& arguments) {
  const std::string path = arguments.Text("FILE");
  const std::string kind = arguments.Has("--kind") ? arguments.Text("--kind") : "COMPUTER";
  v1::Enrolment way;
  way.mutable_request_file()->set_kind(kind);
  const std::string request = core.Enrol(way, "make a request for the ceremony");
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(request.data(), static_cast<std::streamsize>(request.size()));
  file.close();
  if (!file) {
    Fail(Exit::kUnreachable,
         "the request could not be written. The keys are made and kept; run this again.");
  }
  if (core.settings().json) {
    std::cout << ToJson(core.Status()).dump(2) << "\n";
    return;
  }
  std::cout << "Wrote " << path << ". It holds public keys only.\n"
            << "Take it to the ceremony. Afterwards: doorstep accept GENESIS\n";
}

void Accept(Core& core, const Arguments& arguments) {
  v1::Enrolment way;
  way.mutable_genesis()->set_genesis(ReadBundle(arguments.Text("FILE")));
  way.mutable_genesis()->set_server_address(arguments.Text("--server"));
  core.Enrol(way, "take the genesis bundle");
  PrintStatus(core, core.Status());
}

void Join(Core& core, const Arguments& arguments) {
  v1::Enrolment way;
  way.mutable_code()->set_code(arguments.Text("CODE"));
  const uint32_t patience_s = arguments.Number("--wait", 0);
  core.OpenOrCreate();
  bool taken = core.TryEnrol(way);
  const auto start = std::chrono::steady_clock::now();
  const auto waited_s = [&start] {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                            start)
        .count();
  };
  for (uint32_t pause_s = kFirstPollSeconds; !taken && waited_s() < patience_s;
       pause_s = kPollSeconds) {
    std::this_thread::sleep_for(std::chrono::seconds(pause_s));
    taken = core.TryEnrol(way);
  }
  const v1::Status status = core.Status();
  PrintStatus(core, status);
  if (taken && !core.settings().json) {
    std::cout << "Tell the number " << status.device_number()
              << " to the second person yourself, not through the administrator.\n"
                 "Once they have approved this device: doorstep sync\n";
  }
  if (!taken) {
    Fail(
        Exit::kUnreachable,
        "no administrator has confirmed this device yet, or the office cannot be reached. Its keys "
        "are kept: give the same code again later.");
  }
}

void Sync(Core& core, const Arguments&) {
  const v1::SyncReport report = core.Sync();
  const v1::Status status = core.Status();
  if (core.settings().json) {
    std::cout << ToJson(report).dump(2) << "\n";
    return;
  }
  std::cout << SyncText(report, status);
}

void Scopes(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_scopes();
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.scope()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::Answer& answer : answers) {
    const v1::ScopeLine& line = answer.scope();
    rows.push_back({Hex(line.scope()), line.kind(), std::to_string(line.seq()),
                    Hex(line.entry_hash()).substr(0, 16), Hex(line.state_digest()).substr(0, 16),
                    std::to_string(line.archived_seq()), std::to_string(line.outbox()),
                    line.suspect()   ? "differs"
                    : line.stopped() ? "stopped"
                                     : "good"});
  }
  std::cout << Table({"scope", "kind", "entries", "chain", "digest", "archived", "unsent", "state"},
                     rows);
}

// ---- Drafts
// --------------------------------------------------------------------------------------

std::vector<v1::DraftView> DraftsOf(Core& core) {
  v1::Query query;
  query.mutable_drafts();
  std::vector<v1::DraftView> drafts;
  for (const v1::Answer& answer : core.Ask(query)) drafts.push_back(answer.draft());
  return drafts;
}

std::string FindDraft(Core& core, const std::string& text) {
  std::vector<std::string> found;
  for (const v1::DraftView& draft : DraftsOf(core)) {
    if (Hex(draft.id()).starts_with(text)) found.push_back(draft.id());
  }
  if (found.size() != 1) {
    Fail(found.empty() ? Exit::kNotFound : Exit::kUsage,
         found.empty() ? "no draft has an id that begins so." : "more than one draft begins so.");
  }
  return found[0];
}

void ListDrafts(Core& core, const Arguments&) {
  const std::vector<v1::DraftView> drafts = DraftsOf(core);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::DraftView& draft : drafts) list.push_back(ToJson(draft));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::DraftView& draft : drafts) {
    rows.push_back(
        {Hex(draft.id()).substr(0, 12), LocalTime(draft.saved_ms()), OneLine(draft.draft(), 60)});
  }
  std::cout << (rows.empty() ? "No drafts.\n" : Table({"draft", "saved", "begins"}, rows));
}

void AddDrafts(CLI::App* app, Chosen* chosen) {
  Command drafts(app, chosen, "drafts", "What is being written, kept until it is saved or removed",
                 "  doorstep drafts\n  doorstep drafts put @half-a-visit.txt\n"
                 "  doorstep drafts get 5be1 > visit.txt");
  drafts.Runs(ListDrafts);
  Command(drafts.app(), chosen, "put", "Keep a text, whatever it is")
      .Takes("TEXT", "The draft, or @FILE")
      .Option("--id", "Replace this draft")
      .Runs([](Core& core, const Arguments& arguments) {
        const std::string text = TextGiven(arguments.Text("TEXT"));
        if (text.empty())
          Fail(Exit::kUsage, "an empty draft is none; `doorstep drafts rm` removes one.");
        const std::string id =
            arguments.Has("--id") ? FindDraft(core, arguments.Text("--id")) : core.NewId();
        core.PutDraft(id, text);
        std::cout << Hex(id) << "\n";
      });
  Command(drafts.app(), chosen, "get", "Print a draft as it was kept")
      .Takes("ID", "Its id, or the beginning of it")
      .Runs([](Core& core, const Arguments& arguments) {
        std::cout << core.GetDraft(FindDraft(core, arguments.Text("ID"))) << "\n";
      });
  Command(drafts.app(), chosen, "rm", "Remove a draft")
      .Takes("ID", "Its id, or the beginning of it")
      .Runs([](Core& core, const Arguments& arguments) {
        core.PutDraft(FindDraft(core, arguments.Text("ID")), "");
      });
}

}  // namespace

void AddDeviceCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "request",
          "First device of an authority: make keys and a file for the ceremony",
          "  doorstep request laptop.request\n  doorstep accept genesis.bundle")
      .Takes("FILE", "Where to write the request")
      .Option("--kind", "COMPUTER (unless given) or PHONE")
      .Runs(Request);
  Command(app, chosen, "accept", "First device: take what the ceremony gives back",
          "  doorstep accept genesis.bundle --server office.example:7410")
      .Takes("FILE", "The genesis bundle")
      .Option("--server", "The office's address, if it is not the bundle's")
      .Runs(Accept);
  Command(app, chosen, "enrol", "Join with an administrator's invitation (online)",
          "  doorstep enrol CODE --wait 300\n  doorstep sync")
      .Takes("CODE", "The code of the invitation")
      .Option("--wait", "Go on asking for so many seconds")
      .Runs(Join);
  Command(app, chosen, "status", "What this device is, and what is not safe yet",
          "  doorstep status")
      .Flag("--locked", "Only what may be told without the PIN")
      .Runs([](Core& core, const Arguments& arguments) {
        const bool new_folder = core.LockedStatus().life() == v1::Status::NEW;
        PrintStatus(core,
                    new_folder || arguments.Has("--locked") ? core.LockedStatus() : core.Status());
      });
  Command(app, chosen, "sync", "One contact with the office: send, receive, heal (online)",
          "  doorstep sync\n  doorstep --json sync")
      .Runs(Sync);
  Command(app, chosen, "scopes",
          "Length, chain and digest of each log: two devices that agree show "
          "the same",
          "  doorstep scopes")
      .Runs(Scopes);
  Command(app, chosen, "set-pin", "Replace the PIN; the old one holds until the new one is stored",
          "  doorstep set-pin")
      .Option("--new-pin-file", "Read the new PIN from this file")
      .Runs([](Core& core, const Arguments& arguments) {
        core.ChangePin(arguments.Text("--new-pin-file"));
        std::cout << "The new PIN holds.\n";
      });
  AddDrafts(app, chosen);
}

}  // namespace doorstep::shell
