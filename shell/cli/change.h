// One changeset as a command builds it, and what the person is told of it.
#ifndef DOORSTEP_SHELL_CLI_CHANGE_H_
#define DOORSTEP_SHELL_CLI_CHANGE_H_

#include <string>
#include <vector>

#include "shell/cli/core.h"
#include "shell/cli/json.h"

namespace doorstep::shell {

class Change {
 public:
  // In one scope; empty for a family that begins.
  Change(Core& core, const std::string& scope);

  // What follows is written to this record: a new one (of a given id or of one the core makes), or
  // one that is there.
  Change& Record(const std::string& type, const std::string& id = "");

  // Nothing is written for an empty text.
  Change& Set(const std::string& field, const std::string& text);
  Change& SetJson(const std::string& field, const Json& value);
  Change& SetNumber(const std::string& field, uint64_t number);
  Change& SetYes(const std::string& field);
  // Ids, or texts: one write each for a set, one array for a list.
  Change& SetIds(const std::string& field, const std::vector<std::string>& ids);
  Change& SetList(const std::string& field, const std::vector<std::string>& texts);
  Change& SetId(const std::string& field, const std::string& id);
  Change& Clear(const std::string& field);

  bool empty() const;
  v1::Edits& edits() { return edits_; }
  v1::RecordEdit& record();

  // Commits and prints what was saved and what the office is expected to say of it.
  v1::Committed Save(const std::string& doing);

 private:
  v1::FieldEdit& Field(const std::string& name);

  Core& core_;
  v1::Edits edits_;
};

// Prints a Committed for a person, or as JSON.
void Report(Core& core, const v1::Committed& committed);

// A text as typed: "@FILE" is the content of a file, "-" of standard input, all else itself. At
// most one changeset's worth.
std::string TextGiven(const std::string& argument);

// A value as typed for a field: JSON for numbers and yes or no, a full instant from a local time, a
// text else.
Json ValueGiven(const v1::SchemaType::Field& field, const std::string& text);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_CHANGE_H_
