// Where a scenario plays: one council with the people that it names, each with a device (the real
// client core), one office (the real server core), and a network on which nothing is lost. Time
// moves only when the scenario says so.
//
// The cast, ready in every scenario: administrators Ada and Amy; of the team North the supervisors
// Sue and Sam, the key workers Ana, Ben and Cem, the school worker Sol; of the team South the
// supervisor Sid and the key worker Dee; programme officer Pat, auditor Uma, records officer Rob,
// duty worker Dan. Only those whose names stand in the scenario have a device.
#ifndef DOORSTEP_TESTS_SCENARIOS_STAGE_H_
#define DOORSTEP_TESTS_SCENARIOS_STAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/client.h"
#include "client-core/sync/page_check.h"
#include "tests/scenarios/script.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/device_unit.h"
#include "tests/simulation/server_unit.h"

namespace doorstep::scenarios {

using simulation::DeviceUnit;
using simulation::ServerUnit;

// What a word of a scenario stands for.
struct Named {
  uint32_t type = 0;  // of the record; 0: a person of the cast or a team
  Id id;
  Id scope;
  Id uid;  // of the last changeset that wrote it
};

class Stage {
 public:
  // `names`: who of the cast is needed.
  explicit Stage(const std::set<std::string>& names);

  static bool IsOfTheCast(std::string_view name);

  DeviceUnit& DeviceOf(const std::string& name);  // asserts that the person is there
  bool Has(const std::string& name) const { return devices_.contains(name); }
  std::vector<std::string> Everybody() const;
  const Id& UserOf(const std::string& name) const;
  ServerUnit& office() { return *office_; }

  // One contact to its end. What it failed with.
  absl::Status Sync(const std::string& name);
  void Pass(int64_t ms) { now_ms_ += ms; }
  int64_t now_ms() const { return now_ms_; }
  int32_t today() const { return static_cast<int32_t>(now_ms_ / 86'400'000); }
  const Id& tenant() const { return tenant_; }

  // ---- What words stand for ----
  void Name(const std::string& word, const Named& named) { named_[word] = named; }
  const Named* Find(std::string_view word) const;
  absl::StatusOr<Named> Need(std::string_view word) const;
  // JSON of one value: quoted text, the id of what a word names, days (today, today+14), instants
  // (now, now+2h, now-30m), yes and no, numbers, codes.
  std::string JsonOf(const FieldType& field, const std::string& word, bool quoted) const;
  // The fields of a scenario as edits of a record of this type. `how` for those that say "is".
  absl::Status Fill(v1::RecordEdit& record, const std::vector<FieldText>& fields,
                    v1::FieldEdit::How how) const;
  Id NewId();

  std::string last_family;                            // the word for it
  std::map<std::string, std::string> images;          // of devices, by the word for them
  std::map<std::string, simulation::Backup> backups;  // of the office

 private:
  void MakeCouncil(const std::set<std::string>& names);

  int64_t now_ms_;
  simulation::Chance chance_;
  client::PlainVerifier verifier_;
  Id tenant_;
  std::unique_ptr<ServerUnit> office_;
  std::map<std::string, std::unique_ptr<DeviceUnit>> devices_;
  std::map<std::string, Id> users_;
  std::map<std::string, Named, std::less<>> named_;
};

}  // namespace doorstep::scenarios

#endif  // DOORSTEP_TESTS_SCENARIOS_STAGE_H_
