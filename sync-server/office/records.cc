#include "sync-server/office/records.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "doorstep/v1/records.pb.h"
#include "model/value.h"
#include "sync-server/office/limits.h"
#include "sync-server/office/people.h"

namespace doorstep::server {
namespace {

using Who = v1::RecordRule;

constexpr uint32_t kFamily = 1, kAddress = 6, kSchoolPlacement = 9, kSharingDecision = 16,
                   kEpisode = 17, kAction = 22, kAttachment = 39;

// Where a protected person lives may follow from these: whole records, and fields of others.
bool IsRevealing(uint32_t type) { return type == kAddress || type == kSchoolPlacement; }

bool IsRevealing(uint32_t type, uint32_t field) {
  static constexpr std::array<std::pair<uint32_t, uint32_t>, 8> kFields = {{
      {kFamily, v1::Family::kDoorNoteFieldNumber},
      {kEpisode, v1::Episode::kFundingSchoolFieldNumber},
      {kAction, v1::Action::kOwnerAgencyFieldNumber},
      {kSharingDecision, v1::SharingDecision::kAgencyFieldNumber},
      {kSharingDecision, v1::SharingDecision::kRecipientFieldNumber},
      {kAttachment, v1::Attachment::kNameFieldNumber},
      {kAttachment, v1::Attachment::kCaptionFieldNumber},
      {kAttachment, v1::Attachment::kFileKeyFieldNumber},
  }};
  return std::find(kFields.begin(), kFields.end(), std::pair(type, field)) != kFields.end();
}

// Records stand in this order; those that belong to others come last, so that it is known by then
// what is shown.
struct Place {
  bool belongs = false;
  uint32_t type = 0;
  Id id;
  friend auto operator<=>(const Place&, const Place&) = default;
};

std::string Next(const Place& place) {
  std::string next;
  for (int shift = 0; shift < 32; shift += 8) next += static_cast<char>(place.type >> shift);
  return next + place.id.str();
}

std::optional<Place> PlaceAfter(std::string_view after) {
  if (after.empty()) return Place();
  const std::optional<Id> id = after.size() == 20 ? Id::FromBytes(after.substr(4)) : std::nullopt;
  if (!id) return std::nullopt;
  Place place;
  place.id = *id;
  for (size_t i = 4; i-- > 0;) place.type = place.type << 8 | static_cast<uint8_t>(after[i]);
  const RecordType* type = Catalog::Get().Find(place.type);
  if (type == nullptr) return std::nullopt;
  place.belongs = type->office_about != 0;
  return place;
}

// Whether the record that a field names is among those shown.
bool BelongsToShown(const Record& record, const RecordType& type, const std::set<Id>& shown) {
  const FieldType* field = type.FindField(type.office_about);
  const std::optional<Id> about = DecodeId(field->number, ValueInForce(record, *field));
  return about && shown.contains(*about);
}

}  // namespace

v1::OfficeRecord ShownRecord(const Record& record, const RecordType& type, Protection protection) {
  v1::OfficeRecord shown;
  shown.set_type(record.type);
  shown.set_id(record.id.str());
  shown.set_made_seq(record.made_seq);
  shown.set_made_actor(record.made_actor.str());
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type.FindField(number);
    if (field == nullptr || (field->cls != v1::FACT && field->cls != v1::CASE)) continue;
    if (protection == Protection::kProtected && IsRevealing(record.type, number)) continue;
    if (cell.live.empty()) continue;
    v1::OfficeRecord::Field& out = *shown.add_fields();
    out.set_field(number);
    for (const LiveWrite& write : cell.live) {
      v1::OfficeRecord::Write& live = *out.add_live();
      live.mutable_op()->set_uid(write.op.uid.str());
      live.mutable_op()->set_index(write.op.index);
      live.set_actor(write.actor.str());
      live.set_seq(write.seq);
      live.set_value(write.value);
    }
  }
  return shown;
}

bool ShowFamily(ScopeState& family, Letters readers, std::string_view after,
                v1::OfficeAnswer& answer) {
  const std::optional<Place> from = PlaceAfter(after);
  if (!from) return false;
  const Protection protection =
      HasProtectedPerson(family) ? Protection::kProtected : Protection::kNone;
  std::vector<std::pair<bool, const RecordType*>> types;
  for (const RecordType& type : Catalog::Get().types()) {
    const bool theirs = type.scope == Who::FAMILY && (type.office_readers & readers) != 0;
    const bool hidden = protection == Protection::kProtected && IsRevealing(type.number);
    if (theirs && !hidden) types.emplace_back(type.office_about != 0, &type);
  }
  std::sort(types.begin(), types.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second->number) < std::pair(b.first, b.second->number);
  });
  std::set<Id> shown;
  size_t bytes = 0;
  for (const auto& [belongs, type] : types) {
    family.ForEach(type->number, [&, belongs = belongs, type = type](const Record& record) {
      if (belongs && !BelongsToShown(record, *type, shown)) return;
      shown.insert(record.id);
      const Place place{belongs, type->number, record.id};
      if (answer.more() || (!after.empty() && place <= *from)) return;
      v1::OfficeRecord one = ShownRecord(record, *type, protection);
      bytes += one.ByteSizeLong();
      const bool first = answer.records().empty();
      if (!first && (bytes > kOfficeBytesMax || answer.records_size() >= kOfficeRowsMax)) {
        answer.set_more(true);
        return;
      }
      answer.set_next(Next(place));
      *answer.add_records() = std::move(one);
    });
  }
  if (!answer.more()) answer.clear_next();
  return true;
}

}  // namespace doorstep::server
