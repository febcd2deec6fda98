// What people look at first: a family's story, the worklist, today, what changed, what is not safe.
#include <iostream>
#include <string>
#include <vector>

#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/practice_text.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

// What is printed is recorded, and for whom.
void NoteUse(v1::Query& query, const Arguments& arguments) {
  if (!arguments.Has("--print-for")) return;
  query.mutable_use()->set_act("PRINT");
  query.mutable_use()->set_recipient(arguments.Text("--print-for"));
}

void ShowPage(Core& core, const Arguments& arguments) {
  v1::Query query;
  query.mutable_family_page()->set_scope(FindFamily(core, arguments.Text("FAMILY")));
  query.mutable_family_page()->set_visits(arguments.Number("--visits", 0));
  query.mutable_family_page()->set_events(arguments.Number("--events", 0));
  NoteUse(query, arguments);
  const std::vector<v1::Answer> answers = core.Ask(query);
  const v1::FamilyPage page = answers.empty() ? v1::FamilyPage() : answers[0].family_page();
  if (core.settings().json)
    std::cout << ToJson(page).dump(2) << "\n";
  else
    std::cout << FamilyPageText(page);
}

void ShowRecords(Core& core, const Arguments& arguments) {
  v1::Query query;
  query.mutable_story()->set_scope(FindFamily(core, arguments.Text("FAMILY")));
  NoteUse(query, arguments);
  Json list = Json::array();
  for (const v1::Answer& answer : core.Ask(query)) {
    if (core.settings().json)
      list.push_back(ToJson(answer.record()));
    else
      std::cout << RecordText(answer.record()) << "\n";
  }
  if (core.settings().json) std::cout << list.dump(2) << "\n";
}

void ShowStory(Core& core, const Arguments& arguments) {
  if (arguments.Has("--whole"))
    ShowRecords(core, arguments);
  else
    ShowPage(core, arguments);
}

void ShowWorklist(Core& core, const Arguments& arguments) {
  v1::Query query;
  query.mutable_worklist();
  if (arguments.Has("--list")) {
    const uint32_t list = arguments.Number("--list", 0);
    if (list < 1 || list > 10) Fail(Exit::kUsage, "--list takes 1 to 10.");
    query.mutable_worklist()->add_lists(static_cast<v1::WorkItem::List>(list));
  }
  if (arguments.Has("--family")) {
    query.mutable_worklist()->set_scope(FindFamily(core, arguments.Text("--family")));
  }
  v1::WorklistCounts counts;
  std::vector<v1::WorkItem> items;
  for (const v1::Answer& answer : core.Ask(query)) {
    if (answer.has_worklist()) counts = answer.worklist();
    if (answer.has_work()) items.push_back(answer.work());
  }
  if (!core.settings().json) {
    std::cout << WorklistText(counts, items);
    return;
  }
  Json whole = ToJson(counts);
  whole["items"] = Json::array();
  for (const v1::WorkItem& item : items) whole["items"].push_back(ToJson(item));
  std::cout << whole.dump(2) << "\n";
}

void ShowToday(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_today();
  const std::vector<v1::Answer> answers = core.Ask(query);
  const v1::TodayPage page = answers.empty() ? v1::TodayPage() : answers[0].today();
  if (core.settings().json)
    std::cout << ToJson(page).dump(2) << "\n";
  else
    std::cout << TodayText(page);
}

// 0: the core's own beginning.
int64_t SinceGiven(const Arguments& arguments) {
  const uint32_t hours = arguments.Number("--hours", 0);
  return hours == 0 ? 0 : NowMs() - int64_t{hours} * 3'600'000;
}

void ShowChanged(Core& core, const Arguments& arguments) {
  v1::Query query;
  query.mutable_changed()->set_since_ms(SinceGiven(arguments));
  if (arguments.Has("--family")) {
    query.mutable_changed()->set_scope(FindFamily(core, arguments.Text("--family")));
  }
  std::vector<v1::ChangedLine> lines;
  Json list = Json::array();
  for (const v1::Answer& answer : core.Ask(query)) {
    lines.push_back(answer.changed());
    list.push_back(ToJson(answer.changed()));
  }
  std::cout << (core.settings().json ? list.dump(2) + "\n" : ChangedText(lines));
}

void ShowUnsafe(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_not_yet_safe();
  v1::SafetyCounts counts;
  std::vector<v1::UnsafeLine> lines;
  for (const v1::Answer& answer : core.Ask(query)) {
    if (answer.has_safety()) counts = answer.safety();
    if (answer.has_not_yet_safe()) lines.push_back(answer.not_yet_safe());
  }
  if (!core.settings().json) {
    std::cout << NotYetSafeText(counts, lines);
    return;
  }
  Json whole = ToJson(counts);
  whole["records"] = Json::array();
  for (const v1::UnsafeLine& line : lines) whole["records"].push_back(ToJson(line));
  std::cout << whole.dump(2) << "\n";
}

}  // namespace

void AddPracticeCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "story", "A family on one page: what to beware of, who, plan, visits",
          "  doorstep story Example\n  doorstep story Example --whole")
      .Takes("FAMILY", "Name or id")
      .Option("--visits", "So many of the latest; 10 unless given")
      .Option("--events", "So many of what happened; 40 unless given")
      .Flag("--whole", "Every record instead, in the order it was made, with every field")
      .Option("--print-for", "It is printed for this person: recorded with who looked")
      .Runs(ShowStory);
  Command(app, chosen, "worklist", "What waits in your families, in the order to work through",
          "  doorstep worklist\n  doorstep worklist --list 5")
      .Option("--list", "Only this list, 1 to 10; the others stay counted")
      .Option("--family", "Only this family")
      .Runs(ShowWorklist);
  Command(app, chosen, "today", "Your visits in order of time, what is due, what is unsent",
          "  doorstep today")
      .Runs(ShowToday);
  Command(app, chosen, "changed", "What others wrote while you were away",
          "  doorstep changed --hours 72")
      .Option("--hours", "Received within so many; since the last working day unless given")
      .Option("--family", "Only this family")
      .Runs(ShowChanged);
  Command(app, chosen, "unsafe", "Your records that could still be lost, oldest first",
          "  doorstep unsafe")
      .Runs(ShowUnsafe);
}

}  // namespace doorstep::shell
