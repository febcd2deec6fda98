// Looking things up: lists, one record, full text, and everything ever written.
#include <algorithm>
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

constexpr size_t kGistColumns = 64;

void PrintRecords(Core& core, const std::vector<v1::RecordView>& records) {
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::RecordView& record : records) list.push_back(ToJson(record));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::RecordView& record : records) {
    const bool contested =
        std::any_of(record.fields().begin(), record.fields().end(),
                    [](const v1::FieldView& field) { return field.contested(); });
    std::vector<std::string> row = {Hex(record.id()).substr(0, 12)};
    row.push_back(Gist(record, kGistColumns));
    row.push_back(OneLine(record.made_by_name(), 24));
    row.push_back(SafetyWords(record.safety()));
    row.push_back(contested ? "two accounts" : "");
    rows.push_back(std::move(row));
  }
  const std::vector<std::string> heading = {"id", "says", "made by", "safe", ""};
  std::cout << (rows.empty() ? "Nothing is here.\n" : Table(heading, rows));
}

void List(Core& core, const Arguments& arguments) {
  const std::string scope =
      arguments.Has("--family") ? FindFamily(core, arguments.Text("--family")) : "";
  if (arguments.Has("TYPE")) {
    PrintRecords(core, RecordsOf(core, arguments.Text("TYPE"), scope));
    return;
  }
  std::vector<std::vector<std::string>> rows;
  Json counts = Json::object();
  for (const auto& [name, type] : core.Schema()) {
    const size_t count = RecordsOf(core, name, scope).size();
    if (count == 0) continue;
    counts[name] = count;
    rows.push_back({name, std::to_string(count), type.scope()});
  }
  if (core.settings().json)
    std::cout << counts.dump(2) << "\n";
  else
    std::cout << (rows.empty() ? "Nothing is here.\n"
                               : Table({"type", "records", "lives in"}, rows));
}

void Show(Core& core, const Arguments& arguments) {
  const v1::RecordView found = FindRecord(core, arguments.Text("--type"), arguments.Text("ID"));
  const v1::RecordView record = core.Get(found.type(), found.id());
  if (core.settings().json)
    std::cout << ToJson(record).dump(2) << "\n";
  else
    std::cout << RecordText(record);
}

// The core marks what it found with isolates; a terminal shows brackets.
std::string Marked(const std::string& snippet) {
  std::string out;
  for (size_t at = 0; at < snippet.size();) {
    if (snippet.compare(at, 3, "\u2068") == 0 || snippet.compare(at, 3, "\u2069") == 0) {
      out += snippet[at + 2] == '\xA8' ? '[' : ']';
      at += 3;
    } else {
      out += snippet[at++];
    }
  }
  return OneLine(out, 72);
}

void Search(Core& core, const Arguments& arguments) {
  v1::SearchRequest search;
  for (const std::string& word : arguments.Texts("WORDS")) {
    search.set_words(search.words() + (search.words().empty() ? "" : " ") + word);
  }
  if (arguments.Has("--family")) search.set_scope(FindFamily(core, arguments.Text("--family")));
  const std::vector<v1::Answer> answers = core.Search(search);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.hit()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::Answer& answer : answers) {
    const v1::SearchHit& hit = answer.hit();
    rows.push_back({Hex(hit.record().id()).substr(0, 12), hit.record().type_name(), hit.field(),
                    OneLine(FamilyName(core, hit.scope()), 24), Marked(hit.snippet())});
  }
  std::cout << (rows.empty() ? "Nothing was found on this device.\n"
                             : Table({"id", "record", "field", "family", "found"}, rows));
}

std::string Fate(const v1::ValueView& value) {
  if (value.held()) return "kept aside";
  return value.in_force() ? "in force" : value.live() ? "stands beside" : "replaced";
}

void History(Core& core, const Arguments& arguments) {
  const v1::RecordView record = FindRecord(core, arguments.Text("TYPE"), arguments.Text("ID"));
  v1::Query query;
  query.mutable_history()->set_type(record.type());
  query.mutable_history()->set_id(record.id());
  if (arguments.Has("FIELD")) {
    query.mutable_history()->set_field(
        core.Field(core.Type(record.type_name()), arguments.Text("FIELD")).number());
  }
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer));
    std::cout << list.dump(2) << "\n";
    return;
  }
  for (const v1::Answer& answer : answers) {
    const v1::ValueView& value = answer.value();
    std::cout << (value.seq() == 0 ? "     -" : std::to_string(value.seq())) << "  "
              << answer.field() << ", " << Fate(value) << ", " << ByWhom(value) << "\n"
              << Block(ValueText(value), 4);
  }
  if (answers.empty()) std::cout << "Nothing was ever written there.\n";
}

}  // namespace

void AddReadingCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "ls", "Records of a type, or how many there are of each",
          "  doorstep ls\n  doorstep ls Visit --family Example")
      .MayTake("TYPE", "As `doorstep schema` names it")
      .Option("--family", "Of this family only")
      .Runs(List);
  Command(app, chosen, "show", "One record, with everything that stands beside it",
          "  doorstep show 3fa2\n  doorstep --json show 3fa2 --type Visit")
      .Takes("ID", "Its id, or the beginning of it")
      .Option("--type", "Look among these only: faster")
      .Runs(Show);
  Command search(app, chosen, "search", "Full text, offline; every word must occur",
                 "  doorstep search school attend");
  search.app()
      ->add_option("WORDS")
      ->description("The last may be a beginning")
      ->required()
      ->expected(1, 32)
      ->allow_extra_args()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  search.Option("--family", "In this family only").Runs(Search);
  Command(app, chosen, "history", "Every value ever written to a record, and by whom",
          "  doorstep history Plan 41ab aim")
      .Takes("TYPE", "As `doorstep schema` names it")
      .Takes("ID", "Its id, or the beginning of it")
      .MayTake("FIELD", "Of this field only")
      .Runs(History);
}

}  // namespace doorstep::shell
