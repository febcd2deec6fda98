// Views of practice as a person reads them on a terminal: the family page, the worklist, today,
// what changed, what is not yet safe, agreements, and a difference word by word. Everything out of
// a record is isolated.
#ifndef DOORSTEP_SHELL_CLI_PRACTICE_TEXT_H_
#define DOORSTEP_SHELL_CLI_PRACTICE_TEXT_H_

#include <string>
#include <vector>

#include "doorstep/v1/client.pb.h"

namespace doorstep::shell {

std::string FamilyPageText(const v1::FamilyPage& page);
// The counts of all ten lists, then the lines.
std::string WorklistText(const v1::WorklistCounts& counts, const std::vector<v1::WorkItem>& items);
std::string TodayText(const v1::TodayPage& page);
std::string ChangedText(const std::vector<v1::ChangedLine>& lines);
std::string NotYetSafeText(const v1::SafetyCounts& counts,
                           const std::vector<v1::UnsafeLine>& lines);
// What the plan's tree does not say: who agreed to which version, scores, what is missing.
std::string PlanAgreementText(const v1::PlanPage& page);
std::string DifferenceWordsText(const v1::PlanDifference& difference);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_PRACTICE_TEXT_H_
