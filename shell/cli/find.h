// What a person types for a thing: the beginning of an id, or a name, and exactly one thing that
// answers to it. Otherwise the command ends with what there is to choose from.
#ifndef DOORSTEP_SHELL_CLI_FIND_H_
#define DOORSTEP_SHELL_CLI_FIND_H_

#include <string>
#include <vector>

#include "shell/cli/core.h"

namespace doorstep::shell {

// Records of one type, in every scope carried or in one.
std::vector<v1::RecordView> RecordsOf(Core& core, const std::string& type,
                                      const std::string& scope = "");

// A family's scope id, by the beginning of its id or by its name.
std::string FindFamily(Core& core, const std::string& text);
std::string FamilyName(Core& core, const std::string& scope);

// A record by the beginning of its id; of any type if `type` is empty.
v1::RecordView FindRecord(Core& core, const std::string& type, const std::string& text,
                          const std::string& scope = "");

// A record of the directory (StaffMember, Team, School, Agency …) by id or by its field `name`.
v1::RecordView FindNamed(Core& core, const std::string& type, const std::string& text);

// Somebody of a family, by id or by a name they have.
std::string FindPerson(Core& core, const std::string& scope, const std::string& text);
// A person's names: "Ada Example".
std::string PersonName(Core& core, const std::string& scope, const std::string& person);

// The one plan, episode … that a family works with, if `text` names the family; else as FindRecord.
v1::RecordView FindOfFamily(Core& core, const std::string& type, const std::string& text);

// The family's open episode: the one named, or the only one there is.
std::string FindEpisode(Core& core, const std::string& scope, const std::string& text);

// An id of 16 bytes, in full.
std::string FullId(const std::string& text);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_FIND_H_
