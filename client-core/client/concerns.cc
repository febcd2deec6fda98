#include "client-core/client/concerns.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/commit.h"
#include "client-core/store/limits.h"
#include "model/safeguarding.h"

namespace doorstep::client {
namespace {

std::string Words(const SafeguardingView& view) {
  std::string words = "This is not a referral. Telephone now: ";
  if (view.hub_phone.empty() && view.out_of_hours_phone.empty()) {
    words += "ring your supervisor (no hub's number is written in the directory)";
  } else {
    absl::StrAppend(&words, "hub ", view.hub_phone, ", out of hours ", view.out_of_hours_phone);
  }
  return words + ". In immediate danger ring 999. Then write down who answered.";
}

// Type and name of the record as the schema has them.
v1::RecordRef RefOf(const Desk& desk, uint32_t type, const Id& id) {
  v1::RecordRef ref;
  ref.set_type(type);
  ref.set_id(id.str());
  const RecordType* known = desk.catalog().Find(type);
  if (known != nullptr) ref.set_type_name(known->name);
  return ref;
}

bool IsMine(const Desk& desk, const Changeset& changeset) { return changeset.actor == desk.user; }

class Listing {
 public:
  Listing(const Desk& desk, int64_t now_ms) : desk_(desk), now_ms_(now_ms) {}

  absl::Status AddUnreceived(const Changeset& changeset, int64_t saved_ms) {
    for (const Id& concern : ConcernsRaisedBy(changeset)) {
      if (!seen_.insert(concern).second) continue;
      absl::StatusOr<OverlayScope*> family = desk_.store.overlay().Of(changeset.scope, now_ms_);
      if (!family.ok()) return family.status();
      bool called = ConcernCallAnswered(*(*family)->state, concern);
      AddLine(*(*family)->state, concern, saved_ms, {.received = false, .called = called});
    }
    return absl::OkStatus();
  }

  // What the log holds of this person's, in each family where one of them stands.
  absl::Status AddReceived() {
    RecordQuery concerns;
    concerns.type = ConcernRecordType();
    concerns.limit = kQueryRecordsMax;
    absl::StatusOr<std::vector<RecordPlace>> places = desk_.store.query().Select(concerns);
    if (!places.ok()) return places.status();
    std::set<Id> families;
    for (const RecordPlace& place : *places) families.insert(place.scope);
    for (const Id& scope : families) {
      const ScopeRow* row = desk_.store.log().Find(scope);
      if (row == nullptr || row->Has(kHidden) || row->Has(kPurged)) continue;
      absl::StatusOr<OverlayScope*> family = desk_.store.overlay().Of(scope, now_ms_);
      if (!family.ok()) return family.status();
      for (const RaisedConcern& concern : OpenConcernsBy(*(*family)->state, desk_.user)) {
        if (IsProvisional(concern.made_seq) || !seen_.insert(concern.id).second) continue;
        if (ConcernCallAnswered(*(*family)->state, concern.id)) continue;
        AddLine(*(*family)->state, concern.id, concern.noticed_ms,
                {.received = true, .called = false});
      }
    }
    return absl::OkStatus();
  }

  std::vector<v1::ConcernLine> Take() { return std::move(lines_); }

 private:
  struct Standing {
    bool received = false;
    bool called = false;
  };
  void AddLine(ScopeState& family, const Id& concern, int64_t saved_ms, const Standing& standing) {
    v1::ConcernLine& line = lines_.emplace_back();
    *line.mutable_record() = RefOf(desk_, ConcernRecordType(), concern);
    line.set_scope(family.scope().str());
    line.set_family(FamilyName(desk_.catalog(), family));
    line.set_saved_ms(saved_ms);
    line.set_received(standing.received);
    line.set_called(standing.called);
    line.set_words(absl::StrCat(
        standing.received ? "Received by the office." : "Saved on this device, not received yet.",
        standing.called ? ""
                        : " No answered call is written down: telephone, then record the call."));
  }

  const Desk& desk_;
  int64_t now_ms_;
  std::set<Id> seen_;
  std::vector<v1::ConcernLine> lines_;
};

// Own changesets that raise a concern and have not been received.
absl::Status ForEachUnreceived(
    const Desk& desk, absl::FunctionRef<absl::Status(const OutboxRow&, const Changeset&)> visit) {
  std::vector<OutboxRow> rows;
  absl::Status status = desk.store.outbox().ForEachUrgent([&](const OutboxRow& row) {
    rows.push_back(row);
    return true;
  });
  for (const OutboxRow& row : rows) {
    if (!status.ok()) return status;
    absl::StatusOr<Changeset> changeset = desk.store.outbox().Load(row);
    if (!changeset.ok()) return changeset.status();
    if (IsMine(desk, *changeset)) status = visit(row, *changeset);
  }
  return status;
}

}  // namespace

absl::StatusOr<v1::Safeguarding> SafeguardingNow(const Desk& desk, int64_t now_ms) {
  absl::StatusOr<OverlayScope*> directory = desk.store.overlay().Of(desk.tenant(), now_ms);
  if (!directory.ok()) return directory.status();
  const SafeguardingView view = SafeguardingOn(*(*directory)->state, DayOf(now_ms));
  v1::Safeguarding safeguarding;
  safeguarding.set_words(Words(view));
  safeguarding.set_hub_phone(view.hub_phone);
  safeguarding.set_out_of_hours_phone(view.out_of_hours_phone);
  safeguarding.set_alarm_minutes(view.concern_alarm_minutes);
  return safeguarding;
}

absl::StatusOr<std::optional<v1::Safeguarding>> SafeguardingAfter(const Desk& desk,
                                                                  const Changeset& changeset,
                                                                  int64_t now_ms) {
  if (ConcernsRaisedBy(changeset).empty()) return std::nullopt;
  absl::StatusOr<v1::Safeguarding> safeguarding = SafeguardingNow(desk, now_ms);
  if (!safeguarding.ok()) return safeguarding.status();
  return *std::move(safeguarding);
}

absl::StatusOr<uint32_t> CountUnreceived(const Desk& desk) {
  uint32_t count = 0;
  absl::Status status = ForEachUnreceived(desk, [&](const OutboxRow&, const Changeset& changeset) {
    count += static_cast<uint32_t>(ConcernsRaisedBy(changeset).size());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return count;
}

absl::StatusOr<std::vector<v1::ConcernLine>> ConcernLines(const Desk& desk, int64_t now_ms) {
  Listing listing(desk, now_ms);
  absl::Status status =
      ForEachUnreceived(desk, [&](const OutboxRow& row, const Changeset& changeset) {
        return listing.AddUnreceived(changeset, row.saved_ms);
      });
  if (status.ok()) status = listing.AddReceived();
  if (!status.ok()) return status;
  return listing.Take();
}

}  // namespace doorstep::client
