// Any record of any type, as the schema describes it: read, written and explained.
#include <iostream>
#include <map>
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

// "#name" in a put file stands for the id of the record that is `as` name.
using Labels = std::map<std::string, std::string>;

Json WithIds(const Json& value, const Labels& labels) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& element : value) list.push_back(WithIds(element, labels));
    return list;
  }
  if (!value.is_string() || !value.get<std::string>().starts_with("#")) return value;
  const auto found = labels.find(value.get<std::string>().substr(1));
  if (found == labels.end()) Fail(Exit::kUsage, "the file names a #label that no record has.");
  return Hex(found->second);
}

std::string TextMember(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  if (!found->is_string()) Fail(Exit::kUsage, std::string("\"") + name + "\" takes a text.");
  return found->get<std::string>();
}

void PutRecord(Change& change, const Json& record, const Labels& labels) {
  const std::string type = TextMember(record, "type");
  const std::string as = TextMember(record, "as");
  std::string id = as.empty() ? "" : labels.at(as);
  if (record.contains("id")) id = FullId(TextMember(record, "id"));
  change.Record(type, id);
  const auto fields = record.find("fields");
  if (fields == record.end() || !fields->is_object()) {
    Fail(Exit::kUsage, "each record of the file needs \"fields\": { … }.");
  }
  for (const auto& [name, value] : fields->items()) {
    if (value.is_null())
      change.Clear(name);
    else
      change.SetJson(name, WithIds(value, labels));
  }
}

void ShowFindings(const v1::Findings& findings) {
  bool fine = findings.expected() != v1::HELD;
  for (const v1::EntryFinding& entry : findings.entries()) {
    std::cout << entry.record().type_name() << " " << entry.field_name() << ": "
              << (entry.refused() ? "not taken. " : "worth a second look. ")
              << Isolated(entry.words()) << "\n";
    fine = fine && !entry.refused();
  }
  if (findings.expected() == v1::HELD) std::cout << Isolated(findings.words()) << "\n";
  if (fine) std::cout << "Nothing stands against it.\n";
}

void Put(Core& core, const Arguments& arguments) {
  const Json file = ParseJson(TextGiven("@" + arguments.Text("FILE")));
  if (!file.is_object()) Fail(Exit::kUsage, "that file holds no JSON object. Nothing was stored.");
  const Json records = file.contains("records") ? file["records"] : Json::array({file});
  if (!records.is_array() || records.empty()) {
    Fail(Exit::kUsage, "\"records\" is a list of records. Nothing was stored.");
  }
  Labels labels;
  std::string scope;
  for (const Json& record : records) {
    if (!record.is_object())
      Fail(Exit::kUsage, "\"records\" is a list of records. Nothing was stored.");
    const std::string as = TextMember(record, "as");
    if (!as.empty()) labels[as] = core.NewId();
    if (core.Type(TextMember(record, "type")).scope() == "DIRECTORY")
      scope = core.Status().tenant();
  }
  const std::string family = TextMember(file, "family");
  if (!family.empty()) scope = FindFamily(core, family);
  Change change(core, scope);
  change.edits().set_begin_family(file.contains("begin_family") && file["begin_family"] == true);
  for (const Json& record : records) PutRecord(change, record, labels);
  if (arguments.Has("--check")) {
    const v1::Findings findings = core.Check(change.edits());
    if (core.settings().json)
      std::cout << ToJson(findings).dump(2) << "\n";
    else
      ShowFindings(findings);
    return;
  }
  change.Save("store the records");
}

void Get(Core& core, const Arguments& arguments) {
  const v1::RecordView record = FindRecord(core, arguments.Text("TYPE"), arguments.Text("ID"));
  if (core.settings().json) {
    std::cout << ToJson(record).dump(2) << "\n";
    return;
  }
  Json out = Json::object();
  out["type"] = record.type_name();
  out["id"] = Hex(record.id());
  Json fields = Values(record);
  for (const char* name : {"id", "type"}) fields.erase(name);
  out["fields"] = std::move(fields);
  std::cout << out.dump(2, ' ', /*ensure_ascii=*/true) << "\n";
}

// "field=value", with an empty value to clear it and "field+=value" to add to a set.
void Edit(Core& core, const Arguments& arguments) {
  const v1::RecordView record = FindRecord(core, arguments.Text("TYPE"), arguments.Text("ID"));
  const v1::SchemaType& type = core.Type(record.type_name());
  Change change(core, record.scope());
  change.Record(type.name(), record.id());
  for (const std::string& assignment : arguments.Texts("VALUES")) {
    const size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      Fail(Exit::kUsage, "values are written field=value.");
    }
    const bool drop = assignment[equals - 1] == '-';
    const bool add = assignment[equals - 1] == '+' || drop;
    const std::string name = assignment.substr(0, equals - (add ? 1 : 0));
    const std::string text = assignment.substr(equals + 1);
    const v1::SchemaType::Field& field = core.Field(type, name);
    if (text.empty()) {
      change.Clear(name);
      continue;
    }
    change.SetJson(name, ValueGiven(field, text));
    v1::FieldEdit& edit = *change.record().mutable_fields(change.record().fields_size() - 1);
    if (drop)
      edit.set_how(v1::FieldEdit::DROP);
    else if (add || field.merge() == "UNION")
      edit.set_how(v1::FieldEdit::ADD);
  }
  change.Save("save the record");
}

void ExplainType(const v1::SchemaType& type) {
  std::cout << type.name() << " " << type.number() << ", lives in "
            << (type.scope() == "FAMILY"      ? "a family"
                : type.scope() == "DIRECTORY" ? "the directory"
                                              : "the journal")
            << (type.append_only() ? "; written once, never changed" : "")
            << (type.trust() ? "; decides who may read, write or approve" : "") << "\n";
  std::vector<std::vector<std::string>> rows;
  for (const v1::SchemaType::Field& field : type.fields()) {
    std::string takes = field.kind();
    for (const std::string& code : field.codes()) takes += " " + code;
    if (!field.references().empty()) takes += " of " + field.references();
    if (field.max_size() > 0) takes += ", at most " + std::to_string(field.max_size()) + " bytes";
    std::string marks;
    if (field.required()) marks += "needed ";
    if (field.repeated()) marks += "several ";
    if (field.searched()) marks += "searched ";
    rows.push_back({std::to_string(field.number()), field.name(), field.class_(), field.merge(),
                    marks, OneLine(takes, 110)});
  }
  std::cout << Table({"", "field", "class", "when two write", "", "takes"}, rows);
}

void Schema(Core& core, const Arguments& arguments) {
  if (arguments.Has("TYPE")) {
    const v1::SchemaType& type = core.Type(arguments.Text("TYPE"));
    if (core.settings().json)
      std::cout << ToJson(type).dump(2) << "\n";
    else
      ExplainType(type);
    return;
  }
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, type] : core.Schema()) {
    list.push_back(ToJson(type));
    rows.push_back({std::to_string(type.number()), name, type.scope(),
                    std::to_string(type.fields_size()) + " fields"});
  }
  if (core.settings().json)
    std::cout << list.dump(2) << "\n";
  else
    std::cout << Table({"", "type", "lives in", ""}, rows);
}

}  // namespace

void AddRecordCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "put", "Store records of any type from a JSON file, as one change",
          "  {\"family\": \"Example\", \"records\": [\n"
          "    {\"type\": \"Meeting\", \"as\": \"m\", \"fields\": {\"state\": \"PLANNED\", …}},\n"
          "    {\"type\": \"Contact\", \"fields\": {\"text\": \"…\", \"persons\": [\"#m\"]}}]}\n"
          "  doorstep put --check meeting.json\n  doorstep put meeting.json")
      .Takes("FILE", "\"#name\" stands for the record that is \"as\" name; null clears a field")
      .Flag("--check", "Say what the office would; store nothing")
      .Runs(Put);
  Command(app, chosen, "get", "A record of any type as JSON that `put` takes",
          "  doorstep get Visit 3fa2 > visit.json")
      .Takes("TYPE", "As `doorstep schema` names it")
      .Takes("ID", "Its id, or the beginning of it")
      .Runs(Get);
  Command edit(app, chosen, "edit", "Write fields of a record of any type",
               "  doorstep edit Person 77af first_language=Welsh interpreter=yes\n"
               "  doorstep edit Plan 41ab aim=@aim.txt\n"
               "  doorstep edit Visit 3fa2 present+=ID present-=ID next_visit_at=");
  edit.Takes("TYPE", "As `doorstep schema` names it").Takes("ID", "Its id, or the beginning of it");
  edit.app()
      ->add_option("VALUES")
      ->description("field=value; @FILE for a text, nothing to clear, += and -= for sets")
      ->required()
      ->expected(1, 64)
      ->allow_extra_args()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  edit.Runs(Edit);
  Command(app, chosen, "schema", "The types of records, or the fields of one",
          "  doorstep schema\n  doorstep schema Visit")
      .MayTake("TYPE", "As `doorstep schema` names it")
      .Runs(Schema);
  Command(app, chosen, "new-id", "A random id", "  doorstep new-id")
      .Runs([](Core& core, const Arguments&) { std::cout << Hex(core.NewId()) << "\n"; });
}

}  // namespace doorstep::shell
