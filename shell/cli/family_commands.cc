// Families and who is in them: how one begins, people, addresses, episodes, and who works with it.
#include <iostream>
#include <string>
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

void ListFamilies(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_families();
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.family()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::Answer& answer : answers) {
    const v1::FamilyLine& line = answer.family();
    rows.push_back({Short(line.scope()), OneLine(line.name(), 40), line.relation(),
                    SafetyWords(line.safety()), std::to_string(line.unsent()),
                    std::to_string(line.held()), std::to_string(line.contested()),
                    line.suspect()   ? "differs from the office"
                    : line.stopped() ? "stopped"
                                     : ""});
  }
  std::cout << (rows.empty()
                    ? "No family is on this device.\n"
                    : Table({"id", "family", "I am", "safe", "unsent", "aside", "two accounts", ""},
                            rows));
}

// "Ada Example:2018-04-01": names, of which the last is the family's, and a date of birth.
void AddPersonOf(Core& core, Change& change, const std::string& text, const std::string& role) {
  const size_t colon = text.rfind(':');
  const std::string names = text.substr(0, colon);
  const std::string birth = colon == std::string::npos ? "" : text.substr(colon + 1);
  const size_t space = names.rfind(' ');
  const std::string id = core.NewId();
  change.Record("Person", id).Set("role", role).Set("joined_on", Today()).Set("birth_on", birth);
  change.Record("PersonName").SetId("person", id).Set("kind", "CURRENT");
  if (space != std::string::npos) change.Set("given", names.substr(0, space));
  change.Set("family", space == std::string::npos ? names : names.substr(space + 1));
}

void BeginFamily(Core& core, const Arguments& arguments) {
  if (!arguments.Has("--child") && !arguments.Has("--adult")) {
    Fail(Exit::kUsage, "a family begins with somebody in it: give --child or --adult.");
  }
  Change change(core, "");
  change.edits().set_begin_family(true);
  change.Record("Family")
      .Set("name", arguments.Text("NAME"))
      .SetId("team", FindNamed(core, "Team", arguments.Text("--team")).id())
      .Set("local_reference", arguments.Text("--reference"))
      .Set("door_note", TextGiven(arguments.Text("--door-note")));
  if (arguments.Has("--restricted")) change.SetYes("restricted");
  std::vector<std::string> barred;
  for (const std::string& staff : arguments.Texts("--barred")) {
    barred.push_back(FindNamed(core, "StaffMember", staff).id());
  }
  change.SetIds("barred_staff", barred);
  for (const std::string& child : arguments.Texts("--child"))
    AddPersonOf(core, change, child, "CHILD");
  for (const std::string& adult : arguments.Texts("--adult")) {
    AddPersonOf(core, change, adult, "PARENT_CARER");
  }
  if (arguments.Has("--referral")) {
    change.Record("Referral")
        .Set("direction", "IN")
        .Set("received_on", Today())
        .Set("reason", TextGiven(arguments.Text("--referral")))
        .Set("state", "RECEIVED");
  }
  change.Save("begin the family");
}

void ListPersons(Core& core, const std::string& scope) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::RecordView& person : RecordsOf(core, "Person", scope)) {
    const Json values = Values(person);
    rows.push_back({Short(person.id()), OneLine(PersonName(core, scope, person.id()), 40),
                    TextOf(values, "role"), TextOf(values, "birth_on"),
                    TextOf(values, "address_confidential") == "yes" ? "address confidential" : "",
                    SafetyWords(person.safety())});
  }
  std::cout << Table({"id", "name", "role", "born", "", "safe"}, rows);
}

void AddPerson(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  Change change(core, scope);
  const std::string id = core.NewId();
  change.Record("Person", id)
      .Set("role", arguments.Text("--role"))
      .Set("joined_on", arguments.Has("--joined") ? arguments.Text("--joined") : Today())
      .Set("birth_on", arguments.Text("--born"))
      .Set("birth_due_on", arguments.Text("--due"))
      .Set("first_language", arguments.Text("--language"));
  change.Record("PersonName")
      .SetId("person", id)
      .Set("kind", "CURRENT")
      .Set("given", arguments.Text("--given"))
      .Set("family", arguments.Text("--name"));
  change.Save("add the person");
}

void AddAddress(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  const std::string person = FindPerson(core, scope, arguments.Text("PERSON"));
  Change change(core, scope);
  change.Record("Address")
      .SetId("person", person)
      .Set("lines", TextGiven(arguments.Text("--lines")))
      .Set("postcode", arguments.Text("--postcode"))
      .Set("kind", arguments.Text("--kind"))
      .Set("from_on", arguments.Text("--from"));
  if (arguments.Has("--main")) change.SetYes("main");
  const Json about = Values(FindRecord(core, "Person", Hex(person), scope));
  if (TextOf(about, "address_confidential") == "yes") {
    Fail(Exit::kRefused,
         "this person's address is confidential: everybody assigned to the family could read what "
         "is "
         "written here. Use `doorstep safe-address`. Nothing was stored.");
  }
  change.Save("add the address");
}

void AddSafeAddress(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  const std::string person = FindPerson(core, scope, arguments.Text("PERSON"));
  std::vector<std::string> excluded;
  for (const std::string& text : arguments.Texts("--excluded")) {
    excluded.push_back(FindPerson(core, scope, text));
  }
  Change change(core, scope);
  change.Record("Person", person).SetYes("address_confidential");
  change.Record("SafeAddress")
      .SetId("person", person)
      .Set("lines", TextGiven(arguments.Text("--lines")))
      .Set("postcode", arguments.Text("--postcode"))
      .Set("reason", TextGiven(arguments.Text("--reason")))
      .SetIds("excluded", excluded)
      .Set("excluded_others", TextGiven(arguments.Text("--excluded-others")))
      .Set("state", "ACTIVE")
      .Set("review_on", arguments.Text("--review"));
  change.Save("write the safe address");
  if (!core.settings().json) {
    std::cout
        << "Sealed to this family's restricted readers and the recovery key; the office cannot "
           "read it.\n";
  }
}

void BeginEpisode(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  const v1::RecordView programme =
      FindRecord(core, "ProgrammeActivation", arguments.Text("--programme"));
  const Json values = Values(programme);
  Change change(core, scope);
  change.Record("Episode")
      .SetId("programme", programme.id())
      .SetJson("ruleset", values.value("ruleset", Json(0)))
      .SetJson("ruleset_version", values.value("ruleset_version", Json(0)))
      .Set("started_on", arguments.Has("--started") ? arguments.Text("--started") : Today())
      .Set("attached_on", arguments.Text("--attached"))
      .Set("state", "PENDING");
  change.Save("begin the episode");
}

// ---- Who works with a family
// -----------------------------------------------------------------------

void Assign(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  Change change(core, scope);
  change.Record("Assignment")
      .SetId("user", FindNamed(core, "StaffMember", arguments.Text("STAFF")).id())
      .Set("relation", arguments.Text("--relation"))
      .Set("reason", arguments.Has("--reason") ? arguments.Text("--reason") : "ALLOCATED")
      .Set("from_on", Today())
      .Set("until_at", arguments.Has("--until") ? Instant(arguments.Text("--until")) : "")
      .Set("note", TextGiven(arguments.Text("--note")))
      .Set("state", "OPEN");
  if (arguments.Has("--restricted")) change.SetYes("restricted");
  change.Save("assign the family");
}

void HandOver(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  const std::string to = FindNamed(core, "StaffMember", arguments.Text("--to")).id();
  Change change(core, scope);
  bool restricted = arguments.Has("--restricted");
  bool ended = false;
  for (const v1::RecordView& assignment : RecordsOf(core, "Assignment", scope)) {
    const Json values = Values(assignment);
    if (TextOf(values, "relation") != "LEAD" || TextOf(values, "state") != "OPEN") continue;
    if (TextOf(values, "user") == Hex(to)) {
      Fail(Exit::kUsage, "that person has the lead already. Nothing was changed.");
    }
    restricted = restricted || TextOf(values, "restricted") == "yes";
    ended = true;
    change.Record("Assignment", assignment.id())
        .Set("state", "ENDED")
        .Set("end_reason", arguments.Has("--reason") ? arguments.Text("--reason") : "REORGANISED");
  }
  change.Record("Assignment")
      .SetId("user", to)
      .Set("relation", "LEAD")
      .Set("reason", "ALLOCATED")
      .Set("from_on", Today())
      .Set("state", "OPEN");
  if (restricted) change.SetYes("restricted");
  change.Save("hand the family over");
  if (!core.settings().json) {
    std::cout << (ended
                      ? "The lead until now loses the family at the next contact. What that device "
                        "has not sent arrives kept aside, for you to release.\n"
                      : "Nobody had the lead; nothing was ended.\n");
  }
}

void EndAssignment(Core& core, const Arguments& arguments) {
  const v1::RecordView assignment = FindRecord(core, "Assignment", arguments.Text("ASSIGNMENT"));
  Change change(core, assignment.scope());
  change.Record("Assignment", assignment.id())
      .Set("state", "ENDED")
      .Set("end_reason", arguments.Has("--reason") ? arguments.Text("--reason") : "DONE");
  change.Save("end the assignment");
}

void ListAssignments(Core& core, const std::string& scope) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::RecordView& assignment : RecordsOf(core, "Assignment", scope)) {
    const Json values = Values(assignment);
    const std::string user = FromHex(TextOf(values, "user"));
    std::string name;
    for (const v1::RecordView& staff : RecordsOf(core, "StaffMember")) {
      if (staff.id() == user) name = TextOf(Values(staff), "name");
    }
    rows.push_back({Short(assignment.id()), OneLine(name, 40), TextOf(values, "relation"),
                    TextOf(values, "restricted") == "yes" ? "restricted" : "",
                    TextOf(values, "state"), TextOf(values, "from_on"),
                    SafetyWords(assignment.safety())});
  }
  std::cout << Table({"id", "who", "as", "reads", "state", "from", "safe"}, rows);
}

void AddAssigning(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "assign", "Give somebody a place in a family (supervisor)",
          "  doorstep assign Example Ben --relation COVER --restricted")
      .Takes("FAMILY", "Name or id")
      .Takes("STAFF", "Name or id")
      .Needs("--relation", "LEAD, COVER, CO_WORKER, SUPERVISOR, PROGRAMME, AUDIT, RECORDS")
      .Option("--reason", "ALLOCATED unless given")
      .Option("--until", "Lapses then: \"2026-11-25 18:00\"")
      .Option("--note", "Why, where the relation asks for it")
      .Flag("--restricted", "May read what is sealed")
      .Runs(Assign);
  Command(app, chosen, "handover", "End the lead and open another, in one step (supervisor)",
          "  doorstep handover Example --to Ben --reason ABSENCE")
      .Takes("FAMILY", "Name or id")
      .Needs("--to", "The new lead: name or id")
      .Option("--reason", "REORGANISED unless given; LEFT, ABSENCE, MOVED, DECLARED_RELATIONSHIP …")
      .Flag("--restricted", "The new lead may read what is sealed (as the old one could)")
      .Runs(HandOver);
  Command(app, chosen, "end-assignment", "End one place in a family",
          "  doorstep assignments Example\n  doorstep end-assignment 41cc")
      .Takes("ASSIGNMENT", "Its id")
      .Option("--reason", "DONE unless given")
      .Runs(EndAssignment);
  Command(app, chosen, "assignments", "Who has a place in a family",
          "  doorstep assignments Example")
      .Takes("FAMILY", "Name or id")
      .Runs([](Core& core, const Arguments& arguments) {
        ListAssignments(core, FindFamily(core, arguments.Text("FAMILY")));
      });
}

}  // namespace

void AddFamilyCommands(CLI::App* app, Chosen* chosen) {
  Command family(
      app, chosen, "family", "The families on this device; `family new` begins one",
      "  doorstep family\n"
      "  doorstep family new Example --team North --child \"Ada Example:2018-04-01\" \\\n"
      "      --adult \"Bea Example:1990-06-30\" --referral @school-letter.txt");
  family.Runs(ListFamilies);
  Command(family.app(), chosen, "ls", "The families on this device").Runs(ListFamilies);
  Command(family.app(), chosen, "new", "Begin a family, offline too")
      .Takes("NAME", "What the family is called here")
      .Needs("--team", "The team that works with it: name or id")
      .Options("--child", "\"Given Family:YYYY-MM-DD\"")
      .Options("--adult", "\"Given Family:YYYY-MM-DD\"")
      .Option("--referral", "Why it came to us: makes a referral in")
      .Option("--reference", "Local reference")
      .Option("--door-note", "What everybody must know before the door opens")
      .Options("--barred", "Staff who must not see this family: name or id")
      .Flag("--restricted", "A restricted family")
      .Runs(BeginFamily);
  Command person(
      app, chosen, "person", "The people of a family",
      "  doorstep person ls Example\n  doorstep person add Example --role CHILD --given Cai "
      "--name Example --born 2021-02-03");
  person.app()->require_subcommand(1);
  Command(person.app(), chosen, "ls", "Who belongs to a family")
      .Takes("FAMILY", "Name or id")
      .Runs([](Core& core, const Arguments& arguments) {
        ListPersons(core, FindFamily(core, arguments.Text("FAMILY")));
      });
  Command(person.app(), chosen, "add", "Add somebody")
      .Takes("FAMILY", "Name or id")
      .Needs("--role", "CHILD, UNBORN_CHILD, PARENT_CARER, KINSHIP_CARER, OTHER_ADULT …")
      .Needs("--name", "Family name")
      .Option("--given", "Given names")
      .Option("--born", "YYYY-MM-DD")
      .Option("--due", "Expected date of birth")
      .Option("--joined", "Today unless given")
      .Option("--language", "First language")
      .Runs(AddPerson);
  Command(app, chosen, "address", "Where somebody lives; everybody assigned to the family reads it",
          "  doorstep address Example Ada --lines \"1 Sample Street\" --postcode \"L1 8JQ\" --main")
      .Takes("FAMILY", "Name or id")
      .Takes("PERSON", "Name or id")
      .Needs("--lines", "TEXT")
      .Option("--postcode", "As on letters")
      .Option("--kind", "HOME, OTHER_HOME, TEMPORARY, POSTAL")
      .Option("--from", "YYYY-MM-DD")
      .Flag("--main", "Where they mostly live")
      .Runs(AddAddress);
  Command(app, chosen, "safe-address",
          "Where somebody is hidden: sealed, the office cannot read it",
          "  doorstep safe-address Example Bea --lines @lines.txt --reason @reason.txt \\\n"
          "      --review 2027-02-01 --excluded Cal")
      .Takes("FAMILY", "Name or id")
      .Takes("PERSON", "Name or id")
      .Needs("--lines", "TEXT; @FILE keeps it out of this shell's history")
      .Needs("--reason", "TEXT: why it is kept safe")
      .Needs("--review", "YYYY-MM-DD: to be looked at again by then")
      .Option("--postcode", "As on letters")
      .Options("--excluded", "Who must not learn it, of this family")
      .Option("--excluded-others", "TEXT: who else must not learn it")
      .Runs(AddSafeAddress);
  Command episode(app, chosen, "episode", "A time of work with a family under a programme");
  episode.app()->require_subcommand(1);
  Command(episode.app(), chosen, "new", "Begin one (supervisor)",
          "  doorstep ls ProgrammeActivation\n  doorstep episode new Example --programme 7d0e")
      .Takes("FAMILY", "Name or id")
      .Needs("--programme", "Id of the programme's activation")
      .Option("--started", "Today unless given")
      .Option("--attached", "YYYY-MM-DD: attached to the programme")
      .Runs(BeginEpisode);
  AddAssigning(app, chosen);
}

}  // namespace doorstep::shell
