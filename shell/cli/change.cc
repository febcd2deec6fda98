#include "shell/cli/change.h"

#include <cassert>
#include <cctype>
#include <fstream>
#include <iostream>
#include <iterator>

#include "shell/cli/failure.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

constexpr size_t kTextBytesMax = 64 * 1024;  // as much as one changeset holds

std::string ReadAll(std::istream& in) {
  std::string text;
  char block[4096];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<size_t>(in.gcount()));
    if (text.size() > kTextBytesMax) {
      Fail(Exit::kLimit,
           "the text is longer than one changeset may be (64 KiB). Nothing was stored.");
    }
  }
  return text;
}

}  // namespace

Change::Change(Core& core, const std::string& scope) : core_(core) { edits_.set_scope(scope); }

Change& Change::Record(const std::string& type, const std::string& id) {
  v1::RecordEdit& record = *edits_.add_records();
  const v1::SchemaType& known = core_.Type(type);
  record.set_type(known.number());
  record.set_type_name(known.name());
  record.set_id(id);
  return *this;
}

v1::RecordEdit& Change::record() {
  assert(edits_.records_size() > 0);
  return *edits_.mutable_records(edits_.records_size() - 1);
}

v1::FieldEdit& Change::Field(const std::string& name) {
  const v1::SchemaType::Field& known = core_.Field(core_.Type(record().type_name()), name);
  v1::FieldEdit& field = *record().add_fields();
  field.set_field(known.number());
  field.set_name(known.name());
  return field;
}

Change& Change::SetJson(const std::string& field, const Json& value) {
  const v1::SchemaType::Field& known = core_.Field(core_.Type(record().type_name()), field);
  if (known.merge() == "UNION" && value.is_array()) {
    for (const Json& element : value) {
      v1::FieldEdit& edit = Field(field);
      edit.set_json(element.dump());
      edit.set_how(v1::FieldEdit::ADD);
    }
    return *this;
  }
  Field(field).set_json(value.dump());
  return *this;
}

Change& Change::Set(const std::string& field, const std::string& text) {
  return text.empty() ? *this : SetJson(field, Json(text));
}

Change& Change::SetNumber(const std::string& field, uint64_t number) {
  return SetJson(field, Json(number));
}

Change& Change::SetYes(const std::string& field) { return SetJson(field, Json(true)); }

Change& Change::SetId(const std::string& field, const std::string& id) {
  return id.empty() ? *this : SetJson(field, Json(Hex(id)));
}

Change& Change::SetIds(const std::string& field, const std::vector<std::string>& ids) {
  std::vector<std::string> texts;
  for (const std::string& id : ids) texts.push_back(Hex(id));
  return SetList(field, texts);
}

Change& Change::SetList(const std::string& field, const std::vector<std::string>& texts) {
  return texts.empty() ? *this : SetJson(field, Json(texts));
}

Change& Change::Clear(const std::string& field) {
  Field(field);
  return *this;
}

bool Change::empty() const {
  for (const v1::RecordEdit& record : edits_.records()) {
    if (record.fields_size() > 0) return false;
  }
  return true;
}

v1::Committed Change::Save(const std::string& doing) {
  if (empty()) Fail(Exit::kUsage, "there is nothing to write. Nothing was changed.");
  const v1::Committed committed = core_.Commit(edits_, doing);
  Report(core_, committed);
  return committed;
}

void Report(Core& core, const v1::Committed& committed) {
  if (core.settings().json) {
    std::cout << ToJson(committed).dump(2) << "\n";
    return;
  }
  std::cout << "Saved on this device.\n";
  for (const v1::RecordRef& record : committed.records()) {
    std::cout << "  " << record.type_name() << " " << Hex(record.id()).substr(0, 12) << "\n";
  }
  if (committed.expected() == v1::HELD) {
    std::cout << "The office will keep this aside until somebody decides: "
              << Isolated(committed.words()) << "\n";
  }
  for (const v1::EntryFinding& doubt : committed.doubts()) {
    std::cout << "Worth a second look: " << Isolated(doubt.words()) << "\n";
  }
}

std::string TextGiven(const std::string& argument) {
  if (argument == "-") return ReadAll(std::cin);
  if (!argument.starts_with("@")) return argument;
  std::ifstream file(argument.substr(1), std::ios::binary);
  if (!file) Fail(Exit::kNotFound, "the file for a text cannot be read. Nothing was stored.");
  std::string text = ReadAll(file);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Json ValueGiven(const v1::SchemaType::Field& field, const std::string& text) {
  if (field.kind() == "instant") {
    const std::string instant = Instant(text);
    if (instant.empty()) Fail(Exit::kUsage, "a time is written \"2026-11-25 14:05\".");
    return instant;
  }
  if (field.kind() == "bool") {
    if (text == "yes" || text == "true") return true;
    if (text == "no" || text == "false") return false;
    Fail(Exit::kUsage, field.name() + " takes yes or no.");
  }
  if (field.kind() == "number") {
    const Json number = ParseJson(text);
    if (!number.is_number_integer()) Fail(Exit::kUsage, field.name() + " takes a number.");
    return number;
  }
  return field.kind() == "text" ? TextGiven(text) : text;
}

}  // namespace doorstep::shell
