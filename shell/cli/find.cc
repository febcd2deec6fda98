#include "shell/cli/find.h"

#include <algorithm>
#include <cctype>

#include "shell/cli/failure.h"
#include "shell/cli/json.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

constexpr size_t kChoicesShown = 8;

struct Choice {
  std::string id;
  std::string name;  // may be empty
};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool IsIdBeginning(const std::string& text) {
  return !text.empty() && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

std::string ListOf(const std::vector<size_t>& found, const std::vector<Choice>& choices) {
  std::string list;
  for (size_t i = 0; i < found.size() && i < kChoicesShown; ++i) {
    const Choice& choice = choices[found[i]];
    list += "\n  " + Hex(choice.id).substr(0, 12) +
            (choice.name.empty() ? "" : "  " + OneLine(choice.name, 60));
  }
  if (found.size() > kChoicesShown) list += "\n  …";
  return list;
}

// The exact name beats the beginning of an id, which beats a part of a name.
size_t Pick(const std::vector<Choice>& choices, const std::string& text, const std::string& what) {
  std::vector<size_t> exact, id, part;
  const std::string wanted = Lower(text);
  for (size_t i = 0; i < choices.size(); ++i) {
    const std::string name = Lower(choices[i].name);
    if (!name.empty() && name == wanted) exact.push_back(i);
    if (IsIdBeginning(wanted) && Hex(choices[i].id).starts_with(wanted)) id.push_back(i);
    if (!name.empty() && !wanted.empty() && name.find(wanted) != std::string::npos) {
      part.push_back(i);
    }
  }
  for (const std::vector<size_t>* found : {&exact, &id, &part}) {
    if (found->size() == 1) return found->front();
    if (found->size() > 1) {
      Fail(Exit::kUsage, "more than one " + what +
                             " answers to that; give more of the id:" + ListOf(*found, choices));
    }
  }
  std::vector<size_t> every(choices.size());
  for (size_t i = 0; i < every.size(); ++i) every[i] = i;
  Fail(Exit::kNotFound, "no " + what + " on this device answers to that." +
                            (every.empty() ? "" : " There are:" + ListOf(every, choices)));
}

bool IsOpen(const v1::RecordView& record) {
  const std::string state = TextOf(Values(record), "state");
  return state != "CLOSED" && state != "CANCELLED";
}

std::vector<v1::FamilyLine> Families(Core& core) {
  v1::Query query;
  query.mutable_families();
  std::vector<v1::FamilyLine> lines;
  for (const v1::Answer& answer : core.Ask(query)) lines.push_back(answer.family());
  return lines;
}

}  // namespace

std::vector<v1::RecordView> RecordsOf(Core& core, const std::string& type,
                                      const std::string& scope) {
  v1::Query query;
  query.mutable_records()->set_type(core.Type(type).number());
  query.mutable_records()->set_scope(scope);
  std::vector<v1::RecordView> records;
  for (const v1::Answer& answer : core.Ask(query)) records.push_back(answer.record());
  return records;
}

std::string FindFamily(Core& core, const std::string& text) {
  std::vector<Choice> choices;
  for (const v1::FamilyLine& line : Families(core)) choices.push_back({line.scope(), line.name()});
  return choices[Pick(choices, text, "family")].id;
}

std::string FamilyName(Core& core, const std::string& scope) {
  for (const v1::FamilyLine& line : Families(core)) {
    if (line.scope() == scope) return line.name();
  }
  return "";
}

v1::RecordView FindRecord(Core& core, const std::string& type, const std::string& text,
                          const std::string& scope) {
  std::vector<v1::RecordView> records;
  if (type.empty()) {
    for (const auto& [name, unused] : core.Schema()) {
      for (v1::RecordView& record : RecordsOf(core, name, scope)) {
        records.push_back(std::move(record));
      }
    }
  } else {
    records = RecordsOf(core, type, scope);
  }
  std::vector<Choice> choices;
  for (const v1::RecordView& record : records) {
    choices.push_back({record.id(), type.empty() ? record.type_name() : ""});
  }
  return records[Pick(choices, text, type.empty() ? "record" : type)];
}

v1::RecordView FindNamed(Core& core, const std::string& type, const std::string& text) {
  const std::vector<v1::RecordView> records = RecordsOf(core, type);
  std::vector<Choice> choices;
  for (const v1::RecordView& record : records) {
    choices.push_back({record.id(), TextOf(Values(record), "name")});
  }
  return records[Pick(choices, text, type)];
}

namespace {

std::vector<Choice> Persons(Core& core, const std::string& scope) {
  std::vector<Choice> choices;
  for (const v1::RecordView& person : RecordsOf(core, "Person", scope)) {
    choices.push_back({person.id(), ""});
  }
  for (const v1::RecordView& name : RecordsOf(core, "PersonName", scope)) {
    const Json values = Values(name);
    for (Choice& choice : choices) {
      if (!choice.name.empty() || Hex(choice.id) != TextOf(values, "person")) continue;
      const std::string given = TextOf(values, "given");
      choice.name = given + (given.empty() ? "" : " ") + TextOf(values, "family");
    }
  }
  return choices;
}

}  // namespace

std::string FindPerson(Core& core, const std::string& scope, const std::string& text) {
  const std::vector<Choice> choices = Persons(core, scope);
  return choices[Pick(choices, text, "person of this family")].id;
}

std::string PersonName(Core& core, const std::string& scope, const std::string& person) {
  for (const Choice& choice : Persons(core, scope)) {
    if (choice.id == person) return choice.name;
  }
  return "";
}

v1::RecordView FindOfFamily(Core& core, const std::string& type, const std::string& text) {
  const std::vector<v1::RecordView> all = RecordsOf(core, type);
  std::vector<std::string> scopes;
  for (const v1::FamilyLine& line : Families(core)) {
    const bool named = Lower(line.name()) == Lower(text);
    if (named || (IsIdBeginning(text) && Hex(line.scope()).starts_with(Lower(text)))) {
      scopes.push_back(line.scope());
    }
  }
  std::vector<v1::RecordView> of_family;
  for (const v1::RecordView& record : all) {
    if (scopes.size() == 1 && record.scope() == scopes[0]) of_family.push_back(record);
  }
  std::vector<v1::RecordView> open;
  std::copy_if(of_family.begin(), of_family.end(), std::back_inserter(open), IsOpen);
  if (open.size() == 1) return open[0];
  if (of_family.size() == 1) return of_family[0];
  if (of_family.size() > 1) {
    Fail(Exit::kUsage, "this family has more than one " + type +
                           ": name it by its id (`doorstep ls " + type + "`).");
  }
  if (scopes.size() == 1) {
    Fail(Exit::kNotFound, "this family has no " + type + " on this device yet.");
  }
  return FindRecord(core, type, text);
}

std::string FindEpisode(Core& core, const std::string& scope, const std::string& text) {
  if (!text.empty()) return FindRecord(core, "Episode", text, scope).id();
  std::vector<v1::RecordView> open;
  for (v1::RecordView& record : RecordsOf(core, "Episode", scope)) {
    if (IsOpen(record)) open.push_back(std::move(record));
  }
  if (open.size() == 1) return open[0].id();
  Fail(Exit::kUsage, open.empty()
                         ? "this family has no open episode. A supervisor begins one: "
                           "`doorstep episode new FAMILY --programme PROGRAMME`."
                         : "this family has more than one open episode: give --episode ID.");
}

std::string FullId(const std::string& text) {
  const std::string id = FromHex(text);
  if (id.size() != 16) Fail(Exit::kUsage, "an id has 32 hexadecimal digits here.");
  return id;
}

}  // namespace doorstep::shell
