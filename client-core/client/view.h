// Records as a shell shows them: every live value with who wrote it, when, and how safe it is.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_VIEW_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_VIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"
#include "model/record.h"

namespace doorstep::client {

// For one call: what it looks up it remembers.
class Viewer {
 public:
  Viewer(const Desk& desk, Readers& readers, int64_t now_ms)
      : desk_(desk), readers_(readers), names_(desk), now_ms_(now_ms) {}

  absl::StatusOr<v1::RecordView> ViewRecord(const Id& scope, const Record& record);
  absl::StatusOr<v1::FieldView> ViewField(const Id& scope, const Record& record, uint32_t field);
  // One write as history shows it.
  absl::StatusOr<v1::ValueView> ViewWritten(const Id& scope, uint32_t type, const Id& record,
                                            const WrittenValue& written);
  // What a held changeset would write.
  absl::StatusOr<v1::RecordView> ViewChange(const Changeset& changeset,
                                            const v1::RecordChange& change, uint32_t first_index);

  Names& names() { return names_; }
  v1::RecordRef RefOf(uint32_t type, const Id& id) const;

 private:
  // Where a write comes from, and how safe it is.
  struct Origin {
    int64_t written_ms = 0;
    int64_t received_ms = 0;
    uint64_t seq = 0;  // 0: in no log yet
    v1::Safety safety = v1::SAVED_ON_THIS_DEVICE;
  };
  absl::StatusOr<Origin> OriginOf(const Id& scope, const Id& uid, uint64_t seq);
  absl::StatusOr<v1::ValueView> ViewValue(const Id& scope, uint32_t type, const Id& record,
                                          uint32_t field, const LiveWrite& write, Origin& origin);
  absl::Status FillValue(const Id& scope, uint32_t type, const Id& record, uint32_t field,
                         const LiveWrite& write, v1::ValueView& view);
  v1::RecordView Begin(const Id& scope, uint32_t type, const Id& id) const;

  const Desk& desk_;
  Readers& readers_;
  Names names_;
  int64_t now_ms_;
  std::map<std::pair<Id, Id>, Origin> origins_;  // by scope and uid
};

std::string ClassName(v1::Class cls);
std::string MergeName(v1::Merge merge);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_VIEW_H_
