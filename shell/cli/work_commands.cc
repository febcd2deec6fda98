// What a worker writes down: visits, notes and concerns.
#include <iostream>
#include <string>
#include <vector>

#include "shell/cli/change.h"
#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

std::string InstantGiven(const std::string& text) {
  if (text.empty()) return "";
  const std::string instant = Instant(text);
  if (instant.empty()) Fail(Exit::kUsage, "a time is written \"2026-11-25 14:05\".");
  return instant;
}

std::vector<std::string> PersonsGiven(Core& core, const std::string& scope,
                                      const std::vector<std::string>& texts) {
  std::vector<std::string> ids;
  for (const std::string& text : texts) ids.push_back(FindPerson(core, scope, text));
  return ids;
}

// ---- Visits
// --------------------------------------------------------------------------------------

void WriteVisitWords(Change& change, const Arguments& arguments) {
  change.Set("account", TextGiven(arguments.Text("--account")))
      .Set("work_done", TextGiven(arguments.Text("--work")))
      .Set("words_of_adults", TextGiven(arguments.Text("--adults-said")))
      .Set("meaning", TextGiven(arguments.Text("--meaning")))
      .Set("purpose", TextGiven(arguments.Text("--purpose")));
}

void NewVisit(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  const bool planned = arguments.Has("--planned");
  Change change(core, scope);
  const std::string visit = core.NewId();
  change.Record("Visit", visit)
      .SetId("episode", FindEpisode(core, scope, arguments.Text("--episode")))
      .SetId("worker", core.Status().user())
      .Set("state", planned ? "PLANNED" : "UNDER_WAY")
      .Set("planned_at", InstantGiven(arguments.Text("--planned")))
      .Set("kind", arguments.Text("--kind"))
      .Set("place", arguments.Text("--place"))
      .SetIds("present", PersonsGiven(core, scope, arguments.Texts("--present")));
  if (!planned) {
    change.Set("started_at",
               arguments.Has("--started") ? InstantGiven(arguments.Text("--started")) : NowUtc());
  }
  WriteVisitWords(change, arguments);
  for (const std::string& child : PersonsGiven(core, scope, arguments.Texts("--seen"))) {
    change.Record("ChildSeen").SetId("visit", visit).SetId("person", child).SetYes("seen");
  }
  change.Save("save the visit");
}

void WriteVisit(Core& core, const Arguments& arguments) {
  const v1::RecordView visit = FindRecord(core, "Visit", arguments.Text("VISIT"));
  Change change(core, visit.scope());
  change.Record("Visit", visit.id());
  WriteVisitWords(change, arguments);
  change.Save("save the visit");
}

void SeeChild(Core& core, const Arguments& arguments) {
  const v1::RecordView visit = FindRecord(core, "Visit", arguments.Text("VISIT"));
  Change change(core, visit.scope());
  change.Record("ChildSeen")
      .SetId("visit", visit.id())
      .SetId("person", FindPerson(core, visit.scope(), arguments.Text("CHILD")))
      .SetJson("seen", !arguments.Has("--not-seen"))
      .Set("how_heard", arguments.Text("--heard"))
      .Set("words", TextGiven(arguments.Text("--words")));
  if (arguments.Has("--alone")) change.SetYes("seen_alone");
  change.Save("save that the child was seen");
}

void SignVisit(Core& core, const Arguments& arguments) {
  const v1::RecordView visit = FindRecord(core, "Visit", arguments.Text("VISIT"));
  const std::string outcome =
      arguments.Has("--outcome") ? arguments.Text("--outcome") : "FACE_TO_FACE";
  const bool met = outcome == "FACE_TO_FACE" || outcome == "VIRTUAL";
  Change change(core, visit.scope());
  change.Record("Visit", visit.id()).Set("state", "RECORDED").Set("outcome", outcome);
  if (arguments.Has("--ended"))
    change.Set("ended_at", InstantGiven(arguments.Text("--ended")));
  else if (met)
    change.Set("ended_at", NowUtc());
  change.Save("sign the visit");
}

// The timer for lone workers runs at the office from when it receives this.
void StartVisit(Core& core, const Arguments& arguments) {
  const v1::RecordView visit = FindRecord(core, "Visit", arguments.Text("VISIT"));
  const std::string until = NextInstant(arguments.Text("--until"));
  if (until.empty()) Fail(Exit::kUsage, "a time is written 15:30 or \"2026-11-25 15:30\".");
  Change change(core, visit.scope());
  change.Record("Visit", visit.id()).Set("expected_end_at", until);
  // Begun before: only the expected end moves.
  if (TextOf(Values(visit), "state") != "UNDER_WAY") {
    change.Set("state", "UNDER_WAY").Set("started_at", NowUtc());
  }
  change.Save("start the visit");
  if (!core.settings().json) {
    std::cout << "Send it now, while there is a network: doorstep sync\n"
                 "Afterwards: doorstep check-out "
              << Short(visit.id()) << "\n";
  }
}

void CheckOut(Core& core, const Arguments& arguments) {
  const v1::RecordView visit = FindRecord(core, "Visit", arguments.Text("VISIT"));
  Change change(core, visit.scope());
  change.Record("Visit", visit.id())
      .Set("checked_out_at",
           arguments.Has("--at") ? InstantGiven(arguments.Text("--at")) : NowUtc());
  change.Save("check out");
  if (!core.settings().json) std::cout << "Send it, so that nobody worries: doorstep sync\n";
}

void AddVisits(CLI::App* app, Chosen* chosen) {
  Command visit(app, chosen, "visit", "Visits: plan, write, and sign them",
                "  doorstep visit new Example --account @account.txt --present Bea --seen Ada\n"
                "  doorstep visit write 3fa2 --meaning \"She is calmer since the move.\"\n"
                "  doorstep visit sign 3fa2 --ended \"2026-11-25 15:10\"");
  visit.app()->require_subcommand(1);
  const auto words = [](Command& command) -> Command& {
    return command.Option("--account", "TEXT: what was seen and said")
        .Option("--work", "TEXT: what was done")
        .Option("--adults-said", "TEXT: words of the adults")
        .Option("--meaning", "TEXT: what it means for the children")
        .Option("--purpose", "TEXT");
  };
  Command made(visit.app(), chosen, "new", "Record a visit, or plan one");
  made.Takes("FAMILY", "Name or id")
      .Option("--episode", "Only where the family has several")
      .Option("--planned", "Plan it for then instead: \"2026-11-25 14:05\"")
      .Option("--started", "Now unless given")
      .Option("--kind", "SUPPORT, ASSESSMENT, PARENTING, SCHOOL, JOINT, CLOSING")
      .Option("--place", "HOME, SCHOOL, CENTRE, VIDEO, OTHER")
      .Options("--present", "Who was there: name or id")
      .Options("--seen", "Child who was seen: name or id");
  words(made).Runs(NewVisit);
  Command written(visit.app(), chosen, "write", "Write more into a visit, or write it anew");
  written.Takes("VISIT", "Its id");
  words(written).Runs(WriteVisit);
  Command(visit.app(), chosen, "seen", "Was a child seen, and alone")
      .Takes("VISIT", "Its id")
      .Takes("CHILD", "Name or id")
      .Flag("--not-seen", "The child was not seen")
      .Flag("--alone", "Seen alone")
      .Option("--heard", "SPOKEN, DRAWN, PLAYED, OBSERVED, SIGNED")
      .Option("--words", "TEXT: the child's words")
      .Runs(SeeChild);
  Command(visit.app(), chosen, "sign", "Sign: it is complete, and its words stay as they are")
      .Takes("VISIT", "Its id")
      .Option("--outcome", "FACE_TO_FACE unless given; VIRTUAL, NO_ANSWER, REFUSED …")
      .Option("--ended", "Now unless given")
      .Runs(SignVisit);
}

// ---- Notes and concerns
// --------------------------------------------------------------------------

void AddNote(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  Change change(core, scope);
  change.Record("Contact")
      .Set("kind", arguments.Has("--kind") ? arguments.Text("--kind") : "NOTE")
      .Set("happened_at",
           arguments.Has("--when") ? InstantGiven(arguments.Text("--when")) : NowUtc())
      .SetIds("persons", PersonsGiven(core, scope, arguments.Texts("--person")))
      .Set("text", TextGiven(arguments.Text("TEXT")));
  if (arguments.Has("--significant")) change.SetYes("significant");
  change.Save("save the note");
}

void RaiseConcern(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  Change change(core, scope);
  change.Record("Concern")
      .SetIds("persons", PersonsGiven(core, scope, arguments.Texts("--person")))
      .Set("kind", arguments.Text("--kind"))
      .Set("level", arguments.Text("--level"))
      .Set("noticed_at",
           arguments.Has("--when") ? InstantGiven(arguments.Text("--when")) : NowUtc())
      .Set("account", TextGiven(arguments.Text("--account")))
      .Set("restricted_account", TextGiven(arguments.Text("--restricted")))
      .Set("told", TextGiven(arguments.Text("--told")))
      .Set("state", "RAISED");
  const v1::Committed committed = change.Save("raise the concern");
  if (core.settings().json || !committed.has_safeguarding()) return;
  const std::string concern = Hex(committed.records(0).id()).substr(0, 12);
  std::cout << "\n*** " << Isolated(committed.safeguarding().words()) << "\n    doorstep call "
            << concern << " --spoke-to NAME\n    It is sent before everything else: doorstep sync\n"
            << "    Ask again every " << committed.safeguarding().alarm_minutes()
            << " minutes until it is received: doorstep concern\n";
}

void ListConcerns(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_concerns();
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.concern()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::Answer& answer : answers) {
    const v1::ConcernLine& line = answer.concern();
    rows.push_back({Hex(line.record().id()).substr(0, 12), OneLine(line.family(), 24),
                    LocalTime(line.saved_ms()), line.words()});
  }
  std::cout << (rows.empty() ? "Every concern you raised is received, and a call is written down.\n"
                             : Table({"concern", "family", "saved", "missing"}, rows));
  const v1::Status status = core.Status();
  if (status.concerns_unreceived() > 0) {
    std::cout << "\n*** " << Isolated(status.safeguarding().words()) << "\n";
  }
}

void RecordCall(Core& core, const Arguments& arguments) {
  const v1::RecordView concern = FindRecord(core, "Concern", arguments.Text("CONCERN"));
  Change change(core, concern.scope());
  change.Record("ConcernCall")
      .SetId("concern", concern.id())
      .Set("called", arguments.Has("--called") ? arguments.Text("--called") : "SAFEGUARDING_HUB")
      .Set("called_at", NowUtc())
      .SetJson("answered", !arguments.Has("--no-answer"))
      .Set("spoke_to", arguments.Text("--spoke-to"))
      .Set("reference", arguments.Text("--reference"))
      .Set("advice", TextGiven(arguments.Text("--advice")));
  change.Save("record the call");
}

void MoveConcern(Core& core, const Arguments& arguments, const std::string& state) {
  const v1::RecordView concern = FindRecord(core, "Concern", arguments.Text("CONCERN"));
  Change change(core, concern.scope());
  change.Record("Concern", concern.id()).Set("state", state);
  if (state == "CLOSED") change.Set("close_outcome", arguments.Text("--outcome"));
  change.Save("write that down");
}

Command& TakesCall(Command& command) {
  return command.Takes("CONCERN", "Its id")
      .Option("--called", "SAFEGUARDING_HUB unless given; OUT_OF_HOURS, POLICE, SUPERVISOR …")
      .Option("--spoke-to", "Name")
      .Option("--reference", "Their reference")
      .Option("--advice", "TEXT")
      .Flag("--no-answer", "Nobody answered");
}

void AddConcerns(CLI::App* app, Chosen* chosen) {
  Command concern(
      app, chosen, "concern", "Worries about somebody's safety",
      "  doorstep concern raise Example --person Ada --kind NEGLECT --level SAME_DAY \\\n"
      "      --account @what-i-saw.txt\n"
      "  doorstep call 90ab --spoke-to \"J. Sample\" --reference R-1\n"
      "  doorstep concern acknowledge 90ab\n"
      "Without more: your concerns that the office has not received, or about which nobody was "
      "rung.");
  concern.Runs(ListConcerns);
  Command(concern.app(), chosen, "raise",
          "Raise one: not a referral, telephone too. It is sent before everything else")
      .Takes("FAMILY", "Name or id")
      .Options("--person", "About whom: name or id")
      .Needs("--kind", "NEGLECT, PHYSICAL, SEXUAL, EMOTIONAL, DOMESTIC_ABUSE, EXPLOITATION …")
      .Needs("--level", "ADVICE, SAME_DAY, IMMEDIATE_DANGER")
      .Needs("--account", "TEXT: what was seen and said")
      .Option("--restricted", "TEXT: sealed; the office cannot read it")
      .Option("--told", "TEXT: who was told")
      .Option("--when", "Now unless given")
      .Runs(RaiseConcern);
  Command called(concern.app(), chosen, "call", "Whom you telephoned about it");
  TakesCall(called).Runs(RecordCall);
  Command(concern.app(), chosen, "acknowledge", "You have read it and act on it (supervisor)")
      .Takes("CONCERN", "Its id")
      .Runs([](Core& core, const Arguments& arguments) {
        MoveConcern(core, arguments, "ACKNOWLEDGED");
      });
  Command(concern.app(), chosen, "close", "It has been dealt with (supervisor)")
      .Takes("CONCERN", "Its id")
      .Needs("--outcome", "REFERRED, ALREADY_KNOWN, ADVICE_GIVEN, NO_FURTHER_ACTION")
      .Runs([](Core& core, const Arguments& arguments) { MoveConcern(core, arguments, "CLOSED"); });
}

}  // namespace

void AddWorkCommands(CLI::App* app, Chosen* chosen) {
  AddVisits(app, chosen);
  Command(app, chosen, "start", "Start a visit: the office waits for your check-out",
          "  doorstep start 3fa2 --until 15:30\n"
          "If no check-out has come some time after that, your buddy and the supervisor are told.")
      .Takes("VISIT", "Its id")
      .Needs("--until", "When you expect to be out: 15:30")
      .Runs(StartVisit);
  Command(app, chosen, "check-out", "You are out and safe", "  doorstep check-out 3fa2")
      .Takes("VISIT", "Its id")
      .Option("--at", "Now unless given")
      .Runs(CheckOut);
  Command(app, chosen, "note", "A contact, a message, an event: written once, never changed",
          "  doorstep note Example \"Rang school: attendance is up.\" --kind PHONE --person Ada")
      .Takes("FAMILY", "Name or id")
      .Takes("TEXT", "The note, or @FILE")
      .Option("--kind", "NOTE unless given; PHONE, MESSAGE, EMAIL, IN_PASSING, OFFICE, EVENT …")
      .Option("--when", "Now unless given")
      .Options("--person", "About whom: name or id")
      .Flag("--significant", "Stands out in the story")
      .Runs(AddNote);
  AddConcerns(app, chosen);
  Command call(app, chosen, "call", "Write down a call about a concern: whom, and what they said",
               "  doorstep call 90ab --spoke-to \"J. Sample\" --reference R-1");
  TakesCall(call).Runs(RecordCall);
}

}  // namespace doorstep::shell
