// Answers of the core as a person reads them. Everything printed out of a record is isolated.
#ifndef DOORSTEP_SHELL_CLI_SHOW_H_
#define DOORSTEP_SHELL_CLI_SHOW_H_

#include <string>
#include <vector>

#include "shell/cli/core.h"

namespace doorstep::shell {

// "saved on this device", "received by the office", "archived".
std::string SafetyWords(v1::Safety safety);

// One value as a line or a block; sealed ones say what they wait for.
std::string ValueText(const v1::ValueView& value);
// Who wrote it and when: "Ana Example, written 25 Nov 2026 14:05, received 25 Nov 2026 18:00".
std::string ByWhom(const v1::ValueView& value);

// The fields of a record, siblings of contested ones with their authors.
std::string RecordText(const v1::RecordView& record);
// Its most telling text, for a line of a list.
std::string Gist(const v1::RecordView& record, size_t columns);

// Needs, goals and actions as a tree, the standing of the plan and what has been decided about it.
std::string PlanText(Core& core, const v1::RecordView& plan);
v1::PlanAnswer AskPlan(Core& core, const std::string& plan);
std::string PlanStatusWords(const v1::PlanAnswer& plan);

// The names of the kinds: "CONTESTED" as "two texts", and so on.
std::string AttentionText(Core& core, const v1::Attention& attention);

std::string StatusText(const v1::Status& status);
std::string SyncText(const v1::SyncReport& report, const v1::Status& status);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_SHOW_H_
