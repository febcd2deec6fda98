// The plan: needs, goals and actions, and what is decided about exactly one version of it.
#include <iostream>
#include <string>
#include <vector>

#include "shell/cli/change.h"
#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/practice_text.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

std::vector<std::string> RecordsGiven(Core& core, const std::string& type, const std::string& scope,
                                      const std::vector<std::string>& texts) {
  std::vector<std::string> ids;
  for (const std::string& text : texts) ids.push_back(FindRecord(core, type, text, scope).id());
  return ids;
}

// ---- Needs, goals, actions
// -------------------------------------------------------------------------

void AddNeed(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  std::vector<std::string> persons;
  for (const std::string& text : arguments.Texts("--person")) {
    persons.push_back(FindPerson(core, scope, text));
  }
  Change change(core, scope);
  change.Record("Need")
      .SetId("episode", FindEpisode(core, scope, arguments.Text("--episode")))
      .SetNumber("code", arguments.Number("--code", 0))
      .SetIds("persons", persons)
      .Set("identified_on", Today())
      .Set("source", arguments.Text("--source"))
      .Set("state", "PRESENT")
      .Set("detail", TextGiven(arguments.Text("--detail")));
  change.Save("add the need");
}

void NewPlan(Core& core, const Arguments& arguments) {
  const std::string scope = FindFamily(core, arguments.Text("FAMILY"));
  Change change(core, scope);
  change.Record("Plan")
      .SetId("episode", FindEpisode(core, scope, arguments.Text("--episode")))
      .Set("state", "OPEN")
      .Set("aim", TextGiven(arguments.Text("--aim")))
      .Set("if_things_get_worse", TextGiven(arguments.Text("--if-worse")))
      .Set("safety_plan", TextGiven(arguments.Text("--safety-plan")))
      .Set("words_of_children", TextGiven(arguments.Text("--children-said")))
      .Set("words_of_adults", TextGiven(arguments.Text("--adults-said")));
  change.Save("save the plan");
}

void EditPlan(Core& core, const Arguments& arguments) {
  const v1::RecordView plan = FindOfFamily(core, "Plan", arguments.Text("PLAN"));
  Change change(core, plan.scope());
  change.Record("Plan", plan.id())
      .Set("aim", TextGiven(arguments.Text("--aim")))
      .Set("if_things_get_worse", TextGiven(arguments.Text("--if-worse")))
      .Set("safety_plan", TextGiven(arguments.Text("--safety-plan")))
      .Set("words_of_children", TextGiven(arguments.Text("--children-said")))
      .Set("words_of_adults", TextGiven(arguments.Text("--adults-said")));
  change.Save("save the plan");
}

void AddGoal(Core& core, const Arguments& arguments) {
  const v1::RecordView plan = FindOfFamily(core, "Plan", arguments.Text("PLAN"));
  Change change(core, plan.scope());
  change.Record("Goal")
      .SetId("plan", plan.id())
      .SetIds("needs", RecordsGiven(core, "Need", plan.scope(), arguments.Texts("--need")))
      .Set("wording", TextGiven(arguments.Text("--wording")))
      .Set("due_on", arguments.Text("--due"))
      .Set("state", "ACTIVE");
  if (arguments.Has("--measure")) change.SetNumber("measure", arguments.Number("--measure", 0));
  if (arguments.Has("--baseline")) change.SetNumber("baseline", arguments.Number("--baseline", 0));
  if (arguments.Has("--target")) change.SetNumber("target", arguments.Number("--target", 0));
  change.Save("add the goal");
}

void EditGoal(Core& core, const Arguments& arguments) {
  const v1::RecordView goal = FindRecord(core, "Goal", arguments.Text("GOAL"));
  Change change(core, goal.scope());
  change.Record("Goal", goal.id())
      .Set("wording", TextGiven(arguments.Text("--wording")))
      .Set("due_on", arguments.Text("--due"));
  if (arguments.Has("--target")) change.SetNumber("target", arguments.Number("--target", 0));
  if (arguments.Has("--drop")) change.Set("state", "DROPPED");
  change.Save("save the goal");
}

void WriteOwner(Core& core, Change& change, const std::string& scope, const Arguments& arguments) {
  if (arguments.Has("--staff")) {
    change.Set("owner", "WORKER")
        .SetId("owner_staff", FindNamed(core, "StaffMember", arguments.Text("--staff")).id());
  } else if (arguments.Has("--person")) {
    change.Set("owner", "FAMILY")
        .SetId("owner_person", FindPerson(core, scope, arguments.Text("--person")));
  } else if (arguments.Has("--agency")) {
    change.Set("owner", "AGENCY")
        .SetId("owner_agency", FindNamed(core, "Agency", arguments.Text("--agency")).id());
  }
}

void AddAction(Core& core, const Arguments& arguments) {
  const v1::RecordView goal = FindRecord(core, "Goal", arguments.Text("GOAL"));
  if (!arguments.Has("--staff") && !arguments.Has("--person") && !arguments.Has("--agency")) {
    Fail(Exit::kUsage, "an action has an owner: give --staff, --person or --agency.");
  }
  Change change(core, goal.scope());
  change.Record("Action")
      .SetId("goal", goal.id())
      .Set("wording", TextGiven(arguments.Text("--wording")))
      .Set("due_on", arguments.Text("--due"))
      .Set("state", "ACTIVE");
  WriteOwner(core, change, goal.scope(), arguments);
  change.Save("add the action");
}

void EditAction(Core& core, const Arguments& arguments) {
  const v1::RecordView action = FindRecord(core, "Action", arguments.Text("ACTION"));
  Change change(core, action.scope());
  change.Record("Action", action.id())
      .Set("wording", TextGiven(arguments.Text("--wording")))
      .Set("due_on", arguments.Text("--due"));
  WriteOwner(core, change, action.scope(), arguments);
  if (arguments.Has("--drop")) change.Set("state", "DROPPED");
  change.Save("save the action");
}

void NoteProgress(Core& core, const Arguments& arguments) {
  const v1::RecordView action = FindRecord(core, "Action", arguments.Text("ACTION"));
  Change change(core, action.scope());
  change.Record("ActionProgress")
      .SetId("action", action.id())
      .Set("state", arguments.Text("STATE"))
      .Set("noted_on", Today())
      .Set("note", TextGiven(arguments.Text("--note")));
  change.Save("note the progress");
}

// ---- Decisions
// -----------------------------------------------------------------------------------

// About exactly the version on this device now, or the one the person names as read.
void Decide(Core& core, const Arguments& arguments, const std::string& decision) {
  const v1::RecordView plan = FindOfFamily(core, "Plan", arguments.Text("PLAN"));
  const v1::PlanAnswer answer = AskPlan(core, plan.id());
  if (answer.digest().empty()) {
    Fail(Exit::kNotNow, "this plan's version cannot be computed here. Nothing was changed.");
  }
  if (answer.unknown_content() && decision == "APPROVED") {
    Fail(
        Exit::kNotNow,
        "this plan holds something of a newer program. Nothing was changed. Update to approve it.");
  }
  const std::string read = arguments.Text("--version");
  if (!read.empty() && !Hex(answer.digest()).starts_with(read)) {
    Fail(Exit::kNotNow, "the plan has changed since the version you name: it is now " +
                            Hex(answer.digest()).substr(0, 16) +
                            ". Nothing was decided. Read `doorstep plan diff` again.");
  }
  Change change(core, plan.scope());
  change.Record("Approval")
      .SetId("subject", plan.id())
      .SetJson("digest", Hex(answer.digest()))
      .Set("decision", decision)
      .Set("decided_on", Today())
      .Set("comment", TextGiven(arguments.Text("--comment")));
  if (decision == "RETURNED") {
    std::vector<std::string> about;
    for (const std::string& text : arguments.Texts("--about")) {
      about.push_back(FindRecord(core, "", text, plan.scope()).id());
    }
    change.SetIds("about", about);
  }
  if (decision.starts_with("FAMILY")) {
    change.SetId("person", FindPerson(core, plan.scope(), arguments.Text("--person")))
        .Set("how", arguments.Has("--signed") ? "SIGNED" : "SPOKEN");
  } else if (arguments.Has("--answers")) {
    change.SetIds("answers",
                  RecordsGiven(core, "Approval", plan.scope(), arguments.Texts("--answers")));
  }
  change.Save("record the decision");
  if (!core.settings().json) {
    std::cout << "The plan is now " << PlanStatusWords(AskPlan(core, plan.id())) << ".\n";
  }
}

void AddDecisions(CLI::App* app, Chosen* chosen) {
  const auto decision = [&](const std::string& name, const std::string& about,
                            const std::string& examples) {
    Command command(app, chosen, name, about, examples);
    command.Takes("PLAN", "Its id, or the family")
        .Option("--comment", "TEXT")
        .Option("--version", "Refuse unless the plan still is this version (`plan show`)");
    return command;
  };
  Command submit = decision("submit", "Ask the supervisor to approve the plan as it is now",
                            "  doorstep submit Example");
  submit.Options("--answers", "Returns that this answers")
      .Runs([](Core& core, const Arguments& given) { Decide(core, given, "SUBMITTED"); });
  Command approve =
      decision("approve", "Approve exactly this version (supervisor, offline too)",
               "  doorstep plan diff Example\n  doorstep approve Example --version 9c41");
  approve.Options("--answers", "Returns that this answers")
      .Runs([](Core& core, const Arguments& given) { Decide(core, given, "APPROVED"); });
  Command returned =
      decision("return", "Give the plan back with what is missing (supervisor)",
               "  doorstep return Example --comment \"Who helps Ada?\" --about 1b2c");
  returned.Options("--about", "Goals and actions that the comment speaks of")
      .Options("--answers", "Returns that this answers")
      .Runs([](Core& core, const Arguments& given) { Decide(core, given, "RETURNED"); });
  Command agree = decision("agree", "Somebody of the family agrees, or does not",
                           "  doorstep agree Example --person Bea --signed");
  agree.Needs("--person", "Who: name or id")
      .Flag("--signed", "On paper; spoken unless given")
      .Flag("--declined", "They do not agree")
      .Runs([](Core& core, const Arguments& given) {
        Decide(core, given, given.Has("--declined") ? "FAMILY_DECLINED" : "FAMILY_AGREED");
      });
}

v1::PlanPage AskPage(Core& core, const std::string& plan) {
  v1::Query query;
  query.mutable_plan_page()->set_id(plan);
  const std::vector<v1::Answer> answers = core.Ask(query);
  return answers.empty() ? v1::PlanPage() : answers[0].plan_page();
}

void ShowPlan(Core& core, const Arguments& arguments) {
  const v1::RecordView plan = FindOfFamily(core, "Plan", arguments.Text("PLAN"));
  const v1::PlanPage page = AskPage(core, plan.id());
  if (core.settings().json) {
    Json shown = ToJson(AskPlan(core, plan.id()));
    shown["page"] = ToJson(page);
    std::cout << shown.dump(2) << "\n";
    return;
  }
  std::cout << PlanText(core, plan) << PlanAgreementText(page);
}

std::vector<v1::PlanVersion> AskVersions(Core& core, const std::string& plan) {
  v1::Query query;
  query.mutable_plan_versions()->set_id(plan);
  std::vector<v1::PlanVersion> versions;
  for (const v1::Answer& answer : core.Ask(query)) versions.push_back(answer.plan_version());
  return versions;
}

void ShowVersions(Core& core, const Arguments& arguments) {
  const v1::RecordView plan = FindOfFamily(core, "Plan", arguments.Text("PLAN"));
  Json list = Json::array();
  std::string out;
  for (const v1::PlanVersion& version : AskVersions(core, plan.id())) {
    list.push_back(ToJson(version));
    out += Hex(version.digest()).substr(0, 16) + "  " +
           (version.seq() == 0 ? "not received" : "received " + LocalTime(version.received_ms())) +
           (version.present() ? ", what the plan says now" : "") + "\n";
    for (const v1::DecisionLine& decision : version.decisions()) {
      out += "    " + decision.decision() + " by " + OneLine(decision.by(), 40) +
             (decision.provisional() ? " (provisional)" : "") + "\n";
    }
  }
  std::cout << (core.settings().json ? list.dump(2) + "\n" : out);
}

// The digest that these digits begin; exactly one.
std::string DigestGiven(const std::vector<v1::PlanVersion>& versions, const std::string& digits) {
  std::string found;
  for (const v1::PlanVersion& version : versions) {
    if (!Hex(version.digest()).starts_with(digits)) continue;
    if (!found.empty()) Fail(Exit::kUsage, "more than one version begins so: give more digits.");
    found = version.digest();
  }
  if (found.empty()) {
    Fail(Exit::kNotFound, "no version begins so. `doorstep plan versions` lists them.");
  }
  return found;
}

void ShowDifference(Core& core, const Arguments& arguments) {
  const v1::RecordView plan = FindOfFamily(core, "Plan", arguments.Text("PLAN"));
  v1::Query query;
  query.mutable_plan_difference()->set_id(plan.id());
  if (arguments.Has("--from") || arguments.Has("--to")) {
    const std::vector<v1::PlanVersion> versions = AskVersions(core, plan.id());
    if (arguments.Has("--from")) {
      query.mutable_plan_difference()->set_before(DigestGiven(versions, arguments.Text("--from")));
    }
    if (arguments.Has("--to")) {
      query.mutable_plan_difference()->set_after(DigestGiven(versions, arguments.Text("--to")));
    }
  }
  const std::vector<v1::Answer> answers = core.Ask(query);
  const v1::PlanDifference difference =
      answers.empty() ? v1::PlanDifference() : answers[0].plan_difference();
  if (core.settings().json) {
    std::cout << ToJson(difference).dump(2) << "\n";
    return;
  }
  const v1::PlanAnswer answer = AskPlan(core, plan.id());
  std::cout << "The plan is " << PlanStatusWords(answer) << "; version "
            << Hex(answer.digest()).substr(0, 16) << "\n"
            << DifferenceWordsText(difference);
}

void AddPlans(CLI::App* app, Chosen* chosen) {
  Command plan(app, chosen, "plan", "A family's plan: needs, goals, actions, and what changed",
               "  doorstep plan new Example --aim @aim.txt\n  doorstep plan show Example\n"
               "  doorstep plan diff Example");
  plan.app()->require_subcommand(1);
  const auto words = [](Command& command) -> Command& {
    return command.Option("--aim", "TEXT")
        .Option("--if-worse", "TEXT: what we do if things get worse")
        .Option("--safety-plan", "TEXT: sealed; the office cannot read it")
        .Option("--children-said", "TEXT")
        .Option("--adults-said", "TEXT");
  };
  Command made(plan.app(), chosen, "new", "Begin a plan");
  made.Takes("FAMILY", "Name or id").Option("--episode", "Only where the family has several");
  words(made).Runs(NewPlan);
  Command edited(plan.app(), chosen, "edit", "Write a part of it anew");
  edited.Takes("PLAN", "Its id, or the family");
  words(edited).Runs(EditPlan);
  Command(plan.app(), chosen, "show", "Needs, goals, actions, decisions")
      .Takes("PLAN", "Its id, or the family")
      .Runs(ShowPlan);
  Command(plan.app(), chosen, "versions",
          "Every version that was decided about, and the present one")
      .Takes("PLAN", "Its id, or the family")
      .Runs(ShowVersions);
  Command(plan.app(), chosen, "diff", "What changed, word by word, since the version last approved",
          "  doorstep plan diff Example --from 9c41 --to 3f05")
      .Takes("PLAN", "Its id, or the family")
      .Option("--from", "Another version: the beginning of its digest")
      .Option("--to", "Another version than the present one")
      .Runs(ShowDifference);
}

}  // namespace

void AddPlanCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "need", "What a family needs, by its number in the programme",
          "  doorstep need Example --code 3 --person Ada --detail @detail.txt")
      .Takes("FAMILY", "Name or id")
      .Needs("--code", "Number of the need in the programme's rules")
      .Option("--episode", "Only where the family has several")
      .Options("--person", "Whose: name or id")
      .Option("--source", "REFERRAL, ASSESSMENT, VISIT, PARTNER_DATA, MEETING, FAMILY")
      .Option("--detail", "TEXT")
      .Runs(AddNeed);
  AddPlans(app, chosen);
  Command goal(app, chosen, "goal", "Goals of a plan",
               "  doorstep goal add Example --wording \"Ada is in school every day\" --need 77af");
  goal.app()->require_subcommand(1);
  Command(goal.app(), chosen, "add", "Add a goal")
      .Takes("PLAN", "Its id, or the family")
      .Needs("--wording", "TEXT")
      .Options("--need", "A need it answers")
      .Option("--due", "YYYY-MM-DD")
      .Option("--measure", "Number of a measure")
      .Option("--baseline", "0 to 10")
      .Option("--target", "0 to 10")
      .Runs(AddGoal);
  Command(goal.app(), chosen, "edit", "Change a goal")
      .Takes("GOAL", "Its id")
      .Option("--wording", "TEXT")
      .Option("--due", "YYYY-MM-DD")
      .Option("--target", "0 to 10")
      .Flag("--drop", "It is no longer worked to")
      .Runs(EditGoal);
  Command action(
      app, chosen, "action", "Actions of a goal, and how they go",
      "  doorstep action add 1b2c --wording \"Walk with Ada\" --staff Ana --due 2026-12-01\n"
      "  doorstep action progress 88de UNDER_WAY --note \"Twice this week\"");
  action.app()->require_subcommand(1);
  const auto owner = [](Command& command) -> Command& {
    return command.Option("--staff", "A worker does it: name or id")
        .Option("--person", "Somebody of the family does it: name or id")
        .Option("--agency", "Another agency does it: name or id");
  };
  Command added(action.app(), chosen, "add", "Add an action");
  added.Takes("GOAL", "Its id").Needs("--wording", "TEXT").Needs("--due", "YYYY-MM-DD");
  owner(added).Runs(AddAction);
  Command changed(action.app(), chosen, "edit", "Change an action");
  changed.Takes("ACTION", "Its id")
      .Option("--wording", "TEXT")
      .Option("--due", "YYYY-MM-DD")
      .Flag("--drop", "It will not be done");
  owner(changed).Runs(EditAction);
  Command(action.app(), chosen, "progress", "How an action goes; the plan's version stays as it is")
      .Takes("ACTION", "Its id")
      .Takes("STATE", "NOT_STARTED, UNDER_WAY, DONE, BLOCKED, NOT_DONE")
      .Option("--note", "TEXT")
      .Runs(NoteProgress);
  AddDecisions(app, chosen);
}

}  // namespace doorstep::shell
