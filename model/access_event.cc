#include "model/access_event.h"

#include <cassert>
#include <cctype>
#include <string_view>
#include <utility>

#include "model/value.h"

namespace doorstep {
namespace {

using Event = v1::AccessEvent;
constexpr uint32_t kAccessEvent = 40;

// The name of a code as people and shells see it.
std::string Unprefixed(const std::string& name) {
  const size_t prefix = name.find('_');
  return prefix == std::string::npos ? name : name.substr(prefix + 1);
}

}  // namespace

uint32_t AccessEventType() { return kAccessEvent; }

v1::RecordChange AccessEventOf(const Id& id, const Looking& looking) {
  assert(looking.records.size() <= kLookedRecordsMax);
  v1::RecordChange change;
  change.set_type(kAccessEvent);
  change.set_id(id.str());
  const auto add = [&](uint32_t field, std::string value) {
    if (value.empty()) return;
    v1::FieldWrite& write = *change.add_writes();
    write.set_field(field);
    write.set_value(std::move(value));
  };
  add(Event::kFamilyFieldNumber, EncodeBytes(1, looking.family.view()));
  if (!looking.assignment.is_zero()) {
    add(Event::kAssignmentFieldNumber, EncodeBytes(2, looking.assignment.view()));
  }
  add(Event::kOpenedAtFieldNumber, EncodeI64(3, looking.opened_ms));
  if (looking.closed_ms != 0) add(Event::kClosedAtFieldNumber, EncodeI64(4, looking.closed_ms));
  add(Event::kPurposeFieldNumber, EncodeNumber(5, looking.purpose));
  std::string acts;
  for (const Event::Acts act : looking.acts) acts += EncodeNumber(Event::kActsFieldNumber, act);
  add(Event::kActsFieldNumber, std::move(acts));
  std::string records;
  for (const Id& record : looking.records) {
    records += EncodeBytes(Event::kRecordsFieldNumber, record.view());
  }
  add(Event::kRecordsFieldNumber, std::move(records));
  if (looking.restricted_opened) add(Event::kRestrictedOpenedFieldNumber, EncodeBool(8, true));
  if (looking.offline) add(Event::kOfflineFieldNumber, EncodeBool(9, true));
  if (!looking.recipient.empty()) {
    add(Event::kRecipientFieldNumber, EncodeBytes(10, looking.recipient));
  }
  return change;
}

std::optional<Looking> LookingIn(const Record& record) {
  Event event;
  if (record.type != kAccessEvent) return std::nullopt;
  if (!ParseInForce(record, *Catalog::Get().Find(kAccessEvent), event)) return std::nullopt;
  const std::optional<Id> family = Id::FromBytes(event.family());
  if (!family) return std::nullopt;
  Looking looking;
  looking.family = *family;
  looking.assignment = Id::FromBytes(event.assignment()).value_or(Id{});
  looking.opened_ms = event.opened_at();
  looking.closed_ms = event.closed_at();
  looking.purpose = event.purpose();
  for (const int act : event.acts()) looking.acts.insert(static_cast<Event::Acts>(act));
  for (const std::string& bytes : event.records()) {
    if (const std::optional<Id> id = Id::FromBytes(bytes)) looking.records.insert(*id);
  }
  looking.restricted_opened = event.restricted_opened();
  looking.offline = event.offline();
  looking.recipient = event.recipient();
  return looking;
}

Event::Purpose PurposeOf(v1::Assignment::Relation relation) {
  switch (relation) {
    case v1::Assignment::RELATION_SUPERVISOR:
      return Event::PURPOSE_SUPERVISION;
    case v1::Assignment::RELATION_PROGRAMME:
      return Event::PURPOSE_CLAIM;
    case v1::Assignment::RELATION_AUDIT:
      return Event::PURPOSE_AUDIT;
    case v1::Assignment::RELATION_RECORDS:
      return Event::PURPOSE_SUBJECT_ACCESS;
    case v1::Assignment::RELATION_BREAK_GLASS:
      return Event::PURPOSE_EMERGENCY;
    default:
      return Event::PURPOSE_WORK;
  }
}

Event::Acts ActNamed(std::string_view name) {
  std::string upper;
  for (const char letter : name) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  Event::Acts act = Event::ACTS_UNSPECIFIED;
  if (!Event::Acts_Parse("ACTS_" + upper, &act)) return Event::ACTS_UNSPECIFIED;
  return act;
}

std::string ActName(uint32_t act) {
  return Unprefixed(Event::Acts_Name(static_cast<Event::Acts>(act)));
}

std::string PurposeName(uint32_t purpose) {
  return Unprefixed(Event::Purpose_Name(static_cast<Event::Purpose>(purpose)));
}

}  // namespace doorstep
