// The merged records of a family that somebody may be shown, with every live write of every field
// that may be shown: by `office_readers` and `office_about` of the schema, without RESTRICTED
// values, without fields that this build does not know, and without what may tell where a protected
// person lives.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_RECORDS_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_RECORDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "doorstep/v1/office.pb.h"
#include "model/catalog.h"
#include "model/record.h"
#include "model/state.h"

namespace doorstep::server {

enum class Protection : uint8_t { kNone, kProtected };

// One record as the office shows it.
v1::OfficeRecord ShownRecord(const Record& record, const RecordType& type, Protection protection);

// Those that `readers` may see, from the one after `after` on, as many as fit; sets `more` and
// `next`. False: `after` is not what an answer gave.
[[nodiscard]] bool ShowFamily(ScopeState& family, Letters readers, std::string_view after,
                              v1::OfficeAnswer& answer);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_RECORDS_H_
