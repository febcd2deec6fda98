// What a scenario finds on screens and at the office. Each answers OK, or what was there instead.
#ifndef DOORSTEP_TESTS_SCENARIOS_LOOKS_H_
#define DOORSTEP_TESTS_SCENARIOS_LOOKS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/scenarios/stage.h"

namespace doorstep::scenarios {

// Each field: exactly these values, in any order; "nothing": none.
absl::Status Sees(Stage& stage, const std::string& who, const std::string& what,
                  const std::string& fields);
absl::Status DoesNotSee(Stage& stage, const std::string& who, const std::string& what);
absl::Status Carries(Stage& stage, const std::string& who, const std::string& family, bool carries);
absl::Status FindsPlan(Stage& stage, const std::string& who, const std::string& plan,
                       const std::string& status, bool provisional);
// An item of the list of what waits for a person: its kind (HELD_TO_DECIDE, CONTESTED …), and why.
absl::Status IsAsked(Stage& stage, const std::string& who, const std::string& what,
                     const std::string& kind, const std::string& reason);
absl::Status IsAskedNothing(Stage& stage, const std::string& who);
// The verdict on the changeset that wrote it last.
absl::Status AtTheOffice(Stage& stage, const std::string& what, bool applied,
                         const std::string& reason);
absl::Status HasUnsent(Stage& stage, const std::string& who, uint32_t n);
// The words somewhere in what the device shows: any record, its history, what waits, a search.
absl::Status CanRead(Stage& stage, const std::string& who, const std::string& words, bool can);
// The same of the bytes under the cipher: sealed values and purged families are not there.
absl::Status DiskDoesNotHold(Stage& stage, const std::string& who, const std::string& words);
// The words somewhere in the bytes of the office's store.
absl::Status OfficeCanRead(Stage& stage, const std::string& words, bool can);
absl::Status Finds(Stage& stage, const std::string& who, size_t n, const std::string& words);
// A line of the worklist of this kind, about this record; with `flag` among its flags, if given.
absl::Status OnWorklist(Stage& stage, const std::string& who, const std::string& kind,
                        const std::string& what, const std::string& flag);
absl::Status NotOnWorklist(Stage& stage, const std::string& who, const std::string& kind);
// The words somewhere on the family's page.
absl::Status PageSays(Stage& stage, const std::string& who, const std::string& family,
                      const std::string& words, bool says);
// What the page of a plan says of somebody's agreement: AGREED, DECLINED, NOT_ASKED.
absl::Status Agreed(Stage& stage, const std::string& who, const std::string& person,
                    const std::string& plan, const std::string& said, bool earlier);
// Every device that carries a scope to its end has the office's digest of it.
absl::Status AllAgree(Stage& stage);

}  // namespace doorstep::scenarios

#endif  // DOORSTEP_TESTS_SCENARIOS_LOOKS_H_
