// Questions to the office, online: is a family known, an emergency, a team's families, records of a
// family that is not carried, who looked; and what this device itself keeps of who looked.
#include <iostream>
#include <string>
#include <vector>

#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

constexpr size_t kNameColumns = 32;

// A family's id in full, as the office gave it, or one that this device carries, by name or id.
std::string FamilyGiven(Core& core, const std::string& text) {
  const std::string id = FromHex(text);
  return id.size() == 16 ? id : FindFamily(core, text);
}

bool AsJson(Core& core, const google::protobuf::Message& message) {
  if (!core.settings().json) return false;
  std::cout << ToJson(message).dump(2) << "\n";
  return true;
}

std::string Or(const std::string& text, const std::string& otherwise) {
  return text.empty() ? otherwise : OneLine(text, kNameColumns);
}

std::string Why(const v1::OfficeHit& hit) {
  std::string why;
  for (const v1::OfficeHit::Ground& ground : hit.grounds()) {
    why += (why.empty() ? "" : ", ") + ground.words();
  }
  return why;
}

std::string BandWords(const std::string& band) {
  if (band == "LIKELY") return "likely";
  return band == "POSSIBLE" ? "possible" : "nothing differs";
}

void PrintHits(const v1::Reply::Found& found) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::OfficeHit& hit : found.hits()) {
    rows.push_back({hit.family().empty() ? "-" : Hex(hit.family()),
                    hit.family().empty() ? "of another team" : Or(hit.name(), "-"),
                    Or(hit.team_name(), "-"), Or(hit.lead_name(), "nobody"), BandWords(hit.band()),
                    Why(hit)});
  }
  std::cout << Table({"family", "name", "team", "led by", "match", "because"}, rows);
  if (found.more()) std::cout << "There are more: say more about the person.\n";
}

void Find(Core& core, const Arguments& arguments) {
  v1::Request request;
  v1::Request::Find& find = *request.mutable_find();
  find.set_given_name(arguments.Text("--given"));
  find.set_family_name(arguments.Text("--name"));
  find.set_born(arguments.Text("--born"));
  find.set_postcode(arguments.Text("--postcode"));
  find.set_upn(arguments.Text("--upn"));
  find.set_nhs_number(arguments.Text("--nhs"));
  find.set_nino(arguments.Text("--nino"));
  find.set_la_child_id(arguments.Text("--child-id"));
  const v1::Reply reply = core.Request(request, "ask the office");
  if (AsJson(core, reply.found())) return;
  if (reply.found().hits().empty()) {
    std::cout << "The office knows of no family that you may be told of.\n";
    return;
  }
  PrintHits(reply.found());
}

void Known(Core& core, const Arguments& arguments) {
  v1::Request request;
  request.mutable_known()->set_family(FamilyGiven(core, arguments.Text("FAMILY")));
  const v1::Reply reply = core.Request(request, "ask the office");
  if (AsJson(core, reply.found())) return;
  if (reply.found().ask_your_supervisor()) {
    std::cout << "Ask your supervisor: these people may be known already.\n";
  } else if (reply.found().hits().empty()) {
    std::cout << "Nobody here is known from elsewhere, as far as you may be told.\n";
  } else {
    PrintHits(reply.found());
  }
}

void Duty(Core& core, const Arguments& arguments) {
  v1::Request request;
  request.mutable_duty()->set_family(FullId(arguments.Text("FAMILY")));
  request.mutable_duty()->set_note(arguments.Text("--note"));
  const v1::Reply reply = core.Request(request, "open the family for duty");
  if (AsJson(core, reply.duty_opened())) return;
  std::cout << Or(reply.duty_opened().name(), "The family") << " is open to you until "
            << LocalTime(reply.duty_opened().until_ms())
            << ".\nIts lead and its supervisors see that you opened it and why.\n"
            << "Read it: doorstep story " << Hex(reply.duty_opened().family()).substr(0, 12)
            << "\n";
}

void Team(Core& core, const Arguments&) {
  v1::Request request;
  request.mutable_team();
  const v1::Reply reply = core.Request(request, "ask the office");
  if (AsJson(core, reply.team_families())) return;
  std::vector<std::vector<std::string>> rows;
  for (const v1::OfficeFamilyLine& line : reply.team_families().families()) {
    std::string supervisors;
    for (const std::string& name : line.supervisor_names()) {
      supervisors += (supervisors.empty() ? "" : ", ") + OneLine(name, kNameColumns);
    }
    rows.push_back({Hex(line.family()), Or(line.name(), "-"), Or(line.team_name(), "-"),
                    Or(line.lead_name(), "nobody"), Or(supervisors, "nobody: take it up"),
                    line.restricted() ? "restricted" : ""});
  }
  std::cout << (rows.empty()
                    ? "No families.\n"
                    : Table({"family", "name", "team", "led by", "supervised by", ""}, rows));
}

void PrintRecords(Core& core, const v1::Reply::OfficeRecords& records) {
  if (AsJson(core, records)) return;
  for (const v1::RecordView& record : records.records()) std::cout << RecordText(record) << "\n";
  if (records.records().empty()) std::cout << "There is nothing that you may be shown.\n";
}

void OfficeRecords(Core& core, const Arguments& arguments) {
  v1::Request request;
  request.mutable_office_family()->set_family(FamilyGiven(core, arguments.Text("FAMILY")));
  PrintRecords(core, core.Request(request, "ask the office").office_records());
}

std::string WhatWasDone(const v1::LookedLine& line) {
  if (!line.told().empty()) return "office: " + line.told();
  std::string done;
  for (const std::string& act : line.acts()) done += (done.empty() ? "" : ", ") + act;
  if (!line.recipient().empty()) done += " for " + OneLine(line.recipient(), kNameColumns);
  if (line.restricted_opened()) done += ", sealed words shown";
  if (line.offline()) done += ", offline";
  return done;
}

void PrintLooks(const std::vector<v1::LookedLine>& lines) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::LookedLine& line : lines) {
    rows.push_back({LocalTime(line.opened_ms()), Or(line.user_name(), "-"), Short(line.device()),
                    line.purpose(), WhatWasDone(line),
                    line.records() == 0 ? "" : std::to_string(line.records())});
  }
  std::cout << (rows.empty() ? "Nobody is known to have looked.\n"
                             : Table({"when", "who", "device", "why", "what", "records"}, rows));
}

void Looked(Core& core, const Arguments& arguments) {
  const std::string family = FamilyGiven(core, arguments.Text("FAMILY"));
  std::vector<v1::LookedLine> lines;
  if (arguments.Has("--everywhere")) {
    v1::Request request;
    request.mutable_who_looked()->set_family(family);
    const v1::Reply reply = core.Request(request, "ask the office");
    if (AsJson(core, reply.looked_at())) return;
    lines.assign(reply.looked_at().lines().begin(), reply.looked_at().lines().end());
  } else {
    v1::Query query;
    query.mutable_looked()->set_scope(family);
    v1::Reply::LookedAt looked;
    for (const v1::Answer& answer : core.Ask(query)) *looked.add_lines() = answer.looked();
    if (AsJson(core, looked)) return;
    lines.assign(looked.lines().begin(), looked.lines().end());
  }
  PrintLooks(lines);
}

void AuditJournal(Core& core, const Arguments& arguments) {
  v1::Request request;
  request.mutable_journal()->set_device(FullId(arguments.Text("DEVICE")));
  PrintRecords(core, core.Request(request, "ask the office").office_records());
}

void AuditLogs(Core& core, const Arguments&) {
  v1::Request request;
  request.mutable_heads();
  const v1::Reply reply = core.Request(request, "ask the office");
  if (AsJson(core, reply.log_heads())) return;
  std::vector<std::vector<std::string>> rows;
  for (const v1::LogHead& head : reply.log_heads().heads()) {
    rows.push_back({Hex(head.scope()), head.kind(), std::to_string(head.seq()),
                    std::to_string(head.archived_seq()), Hex(head.entry_hash()).substr(0, 16)});
  }
  std::cout << Table({"log", "kind", "entries", "archived", "hash of the last"}, rows);
}

void AddFinding(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "find", "Is this family known to the office? (online)",
          "  doorstep find --name O'Brien --given Sam --born 2019-03-14\n"
          "  doorstep find --upn A950000178301")
      .Option("--name", "Family name")
      .Option("--given", "Given name")
      .Option("--born", "Birth date, as 2019-03-14")
      .Option("--postcode", "Postcode")
      .Option("--upn", "Unique pupil number")
      .Option("--nhs", "NHS number")
      .Option("--nino", "National Insurance number")
      .Option("--child-id", "The authority's number of the child")
      .Runs(Find);
  Command(app, chosen, "known", "May people of a new family be known already? (online)",
          "  doorstep known Example")
      .Takes("FAMILY", "Name or id")
      .Runs(Known);
  Command(app, chosen, "duty",
          "Open a family in an emergency, for some hours (duty worker, online)",
          "  doorstep find --name Example --born 1990-01-02\n"
          "  doorstep duty 3fa2… --note \"call from the police, child alone\"")
      .Takes("FAMILY", "Its id in full, as `doorstep find` gives it")
      .Needs("--note", "Why; its lead and supervisors read it")
      .Runs(Duty);
  Command(app, chosen, "my-team", "Families of my team (supervisor, online)", "  doorstep my-team")
      .Runs(Team);
  Command(app, chosen, "office-records",
          "What the office shows of a family that is not carried (programme, audit, records, "
          "supervisor; online)",
          "  doorstep office-records 3fa2…")
      .Takes("FAMILY", "Its id in full, or one that is carried")
      .Runs(OfficeRecords);
}

}  // namespace

void AddOfficeCommands(CLI::App* app, Chosen* chosen) {
  AddFinding(app, chosen);
  Command(app, chosen, "looked", "Who looked at a family",
          "  doorstep looked Example\n  doorstep looked 3fa2… --everywhere")
      .Takes("FAMILY", "Name or id")
      .Flag("--everywhere",
            "On every device, and what the office told (auditor, records officer; online)")
      .Runs(Looked);
  CLI::App* audit = app->add_subcommand("audit", "For auditors and records officers (online)");
  audit->require_subcommand(1);
  Command(audit, chosen, "journal", "What a device recorded of its own looking",
          "  doorstep audit journal 77c0…")
      .Takes("DEVICE", "Its id in full")
      .Runs(AuditJournal);
  Command(audit, chosen, "logs", "The end and size of every log, without content",
          "  doorstep audit logs")
      .Runs(AuditLogs);
}

}  // namespace doorstep::shell
