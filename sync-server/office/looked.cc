#include "sync-server/office/looked.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/access_event.h"
#include "sync-server/office/find_terms.h"
#include "sync-server/office/limits.h"
#include "sync-server/office/records.h"

namespace doorstep::server {
namespace {

using Who = v1::RecordRule;

// A row's number in a list that only grows at its end, but for clocks that go wrong.
std::string NumberBytes(uint64_t number) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::optional<uint64_t> NumberIn(std::string_view after) {
  if (after.empty()) return 0;
  if (after.size() != 8) return std::nullopt;
  uint64_t number = 0;
  for (size_t i = 8; i-- > 0;) number = number << 8 | static_cast<uint8_t>(after[i]);
  return number;
}

std::string_view NameOfAct(OfficeAct act) {
  switch (act) {
    case OfficeAct::kFound:
      return "found";
    case OfficeAct::kListed:
      return "listed";
    case OfficeAct::kShown:
      return "shown";
    case OfficeAct::kCompared:
      return "compared";
    case OfficeAct::kAsked:
      return "asked who looked";
  }
  return "told";
}

v1::LookedRow RowOf(const Asking& asking, const Id& device, const Looking& looking) {
  v1::LookedRow row;
  row.set_device(device.str());
  const std::optional<DeviceView> view = asking.directory.FindDevice(device, asking.at);
  if (view) row.set_user(view->user.str());
  row.set_opened_ms(looking.opened_ms);
  row.set_closed_ms(looking.closed_ms);
  row.set_purpose(looking.purpose);
  for (const v1::AccessEvent::Acts act : looking.acts) row.add_acts(act);
  row.set_records(static_cast<uint32_t>(looking.records.size()));
  row.set_restricted_opened(looking.restricted_opened);
  row.set_offline(looking.offline);
  row.set_recipient(looking.recipient);
  return row;
}

v1::LookedRow RowOf(const OfficeRead& read) {
  v1::LookedRow row;
  row.set_device(read.device.str());
  row.set_user(read.user.str());
  row.set_opened_ms(read.at_ms);
  row.set_told(std::string(NameOfAct(read.act)));
  return row;
}

}  // namespace

absl::StatusOr<bool> WhoLooked(const Asking& asking, const Id& family, std::string_view after,
                               v1::OfficeAnswer& answer) {
  const std::optional<uint64_t> skip = NumberIn(after);
  if (!skip) return false;
  ScopeState state(family, &asking.view);
  const std::optional<FamilyView> view = FamilyOf(state);
  if (!state.status().ok()) return state.status();
  if (view && view->barred_staff.contains(asking.caller.user)) return true;

  std::vector<std::pair<Id, Id>> events;  // journal, record
  absl::Status read = asking.view.ForEachFound(
      LookedTerm(family), [&](const Id& journal, uint32_t type, const Id& record) {
        if (type == AccessEventType()) events.emplace_back(journal, record);
      });
  if (!read.ok()) return read;
  std::vector<v1::LookedRow> rows;
  for (const auto& [journal, id] : events) {
    const absl::StatusOr<std::optional<Record>> record =
        asking.view.LoadRecord(journal, AccessEventType(), id);
    if (!record.ok()) return record.status();
    const std::optional<Looking> looking = *record ? LookingIn(**record) : std::nullopt;
    if (looking && looking->family == family) rows.push_back(RowOf(asking, journal, *looking));
  }
  read = asking.view.ForEachOfficeRead(
      family, [&](const OfficeRead& told) { rows.push_back(RowOf(told)); });
  if (!read.ok()) return read;
  std::stable_sort(rows.begin(), rows.end(), [](const v1::LookedRow& a, const v1::LookedRow& b) {
    return a.opened_ms() < b.opened_ms();
  });
  for (uint64_t at = *skip; at < rows.size(); ++at) {
    if (answer.looked_size() >= kOfficeRowsMax) {
      answer.set_more(true);
      answer.set_next(NumberBytes(at));
      return true;
    }
    *answer.add_looked() = std::move(rows[at]);
  }
  return true;
}

absl::StatusOr<bool> ShowJournal(const Asking& asking, const Id& device, std::string_view after,
                                 v1::OfficeAnswer& answer) {
  const std::optional<uint64_t> skip = NumberIn(after);
  if (!skip) return false;
  ScopeState journal(device, &asking.view);
  std::vector<std::pair<const RecordType*, const Record*>> shown;
  for (const RecordType& type : Catalog::Get().types()) {
    if (type.scope != Who::JOURNAL || (type.office_readers & asking.caller.roles) == 0) continue;
    journal.ForEach(type.number, [&](const Record& record) { shown.emplace_back(&type, &record); });
  }
  if (!journal.status().ok()) return journal.status();
  std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->made_seq, a.second->id) <
           std::pair(b.second->made_seq, b.second->id);
  });
  size_t bytes = 0;
  for (uint64_t at = *skip; at < shown.size(); ++at) {
    v1::OfficeRecord one = ShownRecord(*shown[at].second, *shown[at].first, Protection::kNone);
    bytes += one.ByteSizeLong();
    const bool full = answer.records_size() >= kOfficeRowsMax || bytes > kOfficeBytesMax;
    if (full && answer.records_size() > 0) {
      answer.set_more(true);
      answer.set_next(NumberBytes(at));
      return true;
    }
    *answer.add_records() = std::move(one);
  }
  return true;
}

absl::StatusOr<bool> ListHeads(const Asking& asking, std::string_view after,
                               v1::OfficeAnswer& answer) {
  const std::optional<Id> from = after.empty() ? Id{} : Id::FromBytes(after);
  if (!from) return false;
  absl::Status read = asking.view.ForEachScope([&](const Id& scope, const ScopeRow& row) {
    if (answer.more() || (!after.empty() && scope <= *from)) return;
    if (answer.heads_size() >= kOfficeRowsMax) return answer.set_more(true);
    v1::HeadRow& head = *answer.add_heads();
    head.set_scope(scope.str());
    head.set_kind(scope == asking.view.tenant()   ? v1::HeadRow::DIRECTORY
                  : asking.directory.Knows(scope) ? v1::HeadRow::JOURNAL
                                                  : v1::HeadRow::FAMILY);
    head.set_seq(row.seq);
    head.set_entry_hash(std::string(View(row.hash)));
    head.set_state_digest(std::string(View(row.state_digest)));
    head.set_archived_seq(row.archived_seq);
    answer.set_next(scope.str());
  });
  if (!read.ok()) return read;
  if (!answer.more()) answer.clear_next();
  return true;
}

}  // namespace doorstep::server
