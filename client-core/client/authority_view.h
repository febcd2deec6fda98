// Names of people, teams and families, and the devices and roles of the directory, as screens show
// them; and the few records that joining reads and writes.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_AUTHORITY_VIEW_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_AUTHORITY_VIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "crypto/device_keys.h"
#include "doorstep/v1/client.pb.h"
#include "model/changeset.h"
#include "model/state.h"

namespace doorstep::client {

// Names out of the directory as it is stored, looked up once each.
class Names {
 public:
  explicit Names(const Desk& desk);
  // "" for zeros; "the root" for the root's own writes; a shortened id for one that is not here.
  std::string Person(const Id& user);
  std::string Team(const Id& team);

 private:
  std::string NameIn(uint32_t type, uint32_t field, const Id& id);
  const Desk& desk_;
  std::unique_ptr<ScopeState> directory_;
  std::map<Id, std::string> known_;
};

// The write that gives a family its team.
v1::FieldWrite TeamOfFamily(const Id& team);
// The name in force of a family, or "" where there is none yet.
std::string FamilyName(const Catalog& catalog, ScopeState& family);

std::vector<v1::DeviceLine> DeviceLines(const Desk& desk, Names& names);
std::vector<v1::RoleLine> RoleLines(const Desk& desk, Names& names);
// Whom the record was made by: nobody approves their own.
Id MakerOf(const Desk& desk, uint32_t type, const Id& id);
uint32_t DeviceRecordType(const Catalog& catalog);
uint32_t RoleRecordType(const Catalog& catalog);

// Whether this person approves devices and roles of others: an administrator or a supervisor.
bool ApprovesOthers(const Desk& desk);
std::vector<std::string> RoleNamesOf(const Directory& directory, const Id& user);
// The relation of this person's open assignment here: "LEAD"; "" without one.
std::string RelationOf(ScopeState& family, const Id& user, int64_t now_ms);

// The Device record that holds these keys, in a genesis.
struct FoundDevice {
  Id device;
  Id user;
};
std::optional<FoundDevice> FindDevice(const Catalog& catalog, const Changeset& genesis,
                                      const DevicePublicKeys& keys);

// The same in a directory, as it is seen.
std::optional<FoundDevice> FindDeviceRecord(const Catalog& catalog, ScopeState& directory,
                                            const DevicePublicKeys& keys);
// The CA certificate of the server that a genesis names, DER; "" without one.
std::string ServerCaIn(const Catalog& catalog, const Changeset& genesis);

// "PHONE", "computer"; 0 for another word.
v1::Device_Kind DeviceKind(std::string_view name);
// The record that an administrator's device writes for a new one.
v1::RecordChange DeviceRecord(const Catalog& catalog, const Id& device, const Id& user,
                              v1::Device_Kind kind, std::string_view name,
                              const DevicePublicKeys& keys);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_AUTHORITY_VIEW_H_
