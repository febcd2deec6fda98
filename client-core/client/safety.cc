#include "client-core/client/safety.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "client-core/client/attention.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/practice.h"
#include "client-core/client/share.h"
#include "client-core/client/view.h"
#include "client-core/client/words.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

using Answers = std::vector<v1::Answer>;

std::string FamilyNameOf(const Desk& desk, const Id& scope, int64_t now_ms) {
  const ScopeRow* row = desk.store.log().Find(scope);
  const bool hidden = row != nullptr && (row->Has(kHidden) || row->Has(kPurged));
  if (hidden || !desk.IsFamily(scope)) return "";
  absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(scope, now_ms);
  return seen.ok() ? FamilyName(desk.catalog(), *(*seen)->state) : "";
}

// The records of a changeset, each once, in the order written; none that people do not read.
std::vector<std::pair<uint32_t, Id>> RecordsOf(const Changeset& changeset) {
  std::vector<std::pair<uint32_t, Id>> records;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    std::optional<Id> id = Id::FromBytes(change.id());
    if (!id || IsShare(change.type())) continue;
    std::pair<uint32_t, Id> key{change.type(), *id};
    if (std::find(records.begin(), records.end(), key) == records.end()) records.push_back(key);
  }
  return records;
}

class Unsafe {
 public:
  Unsafe(const Desk& desk, Readers& readers, int64_t now_ms)
      : desk_(desk), viewer_(desk, readers, now_ms), now_ms_(now_ms) {}

  absl::StatusOr<Answers> Make() {
    absl::Status read = AddOutbox();
    if (!read.ok()) return read;
    absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk_);
    if (!scopes.ok()) return scopes.status();
    for (const Id& scope : *scopes) {
      const ScopeRow* row = desk_.store.log().Find(scope);
      if (row != nullptr && row->archived_seq > 0) counts_.set_has_archive(true);
    }
    for (const Id& scope : *scopes) {
      read = AddLog(scope);
      if (!read.ok()) return read;
    }
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const v1::UnsafeLine& a, const v1::UnsafeLine& b) {
                       return std::tuple(a.saved_ms(), std::string_view(a.record().id())) <
                              std::tuple(b.saved_ms(), std::string_view(b.record().id()));
                     });
    Answers answers(1);
    *answers.front().mutable_safety() = std::move(counts_);
    for (v1::UnsafeLine& line : lines_) {
      *answers.emplace_back().mutable_not_yet_safe() = std::move(line);
    }
    return answers;
  }

 private:
  // Which of the outbox the judge holds, by the word of the office or of this device.
  absl::StatusOr<std::set<Id>> HeldOf(const Id& scope) {
    std::set<Id> held;
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
    if (!seen.ok()) return seen.status();
    for (const OverlayRow& row : (*seen)->rows) {
      if (row.verdict == v1::HELD) held.insert(row.row.uid);
    }
    return held;
  }

  void Count(const v1::UnsafeLine& line) {
    if (line.held()) counts_.set_held(counts_.held() + 1);
    if (line.unsendable()) {
      counts_.set_unsendable(counts_.unsendable() + 1);
    } else if (line.safety() == v1::SAVED_ON_THIS_DEVICE) {
      counts_.set_unsent(counts_.unsent() + 1);
      const bool older =
          counts_.oldest_unsent_ms() == 0 || line.saved_ms() < counts_.oldest_unsent_ms();
      if (older) counts_.set_oldest_unsent_ms(line.saved_ms());
    } else if (line.safety() == v1::ARCHIVED) {
      counts_.set_archived(counts_.archived() + 1);
    } else {
      counts_.set_received(counts_.received() + 1);
    }
  }

  void Add(v1::UnsafeLine line) {
    line.set_age_ms(std::max<int64_t>(0, now_ms_ - line.saved_ms()));
    Count(line);
    const bool kept_anyway = line.safety() == v1::RECEIVED_BY_THE_OFFICE && !line.held() &&
                             !counts_.has_archive() && from_log_;
    if (line.safety() != v1::ARCHIVED && !kept_anyway) lines_.push_back(std::move(line));
  }

  absl::Status AddOutbox() {
    std::vector<OutboxRow> rows;
    absl::Status read = desk_.store.outbox().ForEach([&](const OutboxRow& row) {
      rows.push_back(row);
      return true;
    });
    if (!read.ok()) return read;
    for (const OutboxRow& row : rows) {
      v1::UnsafeLine line;
      line.set_uid(row.uid.str());
      line.set_scope(row.scope.str());
      line.set_saved_ms(row.saved_ms);
      const bool received = row.answer == Answer::kAccepted;
      line.set_safety(!received      ? v1::SAVED_ON_THIS_DEVICE
                      : row.archived ? v1::ARCHIVED
                                     : v1::RECEIVED_BY_THE_OFFICE);
      line.set_unsendable(row.answer == Answer::kUnsendable);
      if (line.unsendable()) line.set_words(UnsendableWords(row.reason, row.closed));
      if (row.sealed) {
        line.set_words(
            "Of a family that is no longer yours: sealed to the office until it cannot "
            "be lost.");
        Add(std::move(line));
        continue;
      }
      absl::StatusOr<Changeset> changeset = desk_.store.outbox().Load(row);
      if (!changeset.ok()) return changeset.status();
      if (changeset->actor != desk_.user) continue;  // carried for a colleague
      absl::StatusOr<std::set<Id>> held = HeldOf(row.scope);
      if (!held.ok()) return held.status();
      line.set_held(held->contains(row.uid));
      line.set_family(FamilyNameOf(desk_, row.scope, now_ms_));
      for (const auto& [type, id] : RecordsOf(*changeset)) {
        *line.mutable_record() = viewer_.RefOf(type, id);
        Add(line);
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddLog(const Id& scope) {
    const ScopeRow* row = desk_.store.log().Find(scope);
    if (row == nullptr || scope == desk_.device()) return absl::OkStatus();
    from_log_ = true;
    const uint64_t archived = row->archived_seq;
    const std::string family = FamilyNameOf(desk_, scope, now_ms_);
    return desk_.store.log().ForEach(scope, 1, row->seq, [&](const Entry& entry) {
      if (entry.changeset.actor != desk_.user) return true;
      v1::UnsafeLine line;
      line.set_uid(entry.changeset.uid.str());
      line.set_scope(scope.str());
      line.set_family(family);
      line.set_saved_ms(entry.changeset.body.clock().wall_ms());
      line.set_safety(entry.seq() <= archived ? v1::ARCHIVED : v1::RECEIVED_BY_THE_OFFICE);
      for (const auto& [type, id] : RecordsOf(entry.changeset)) {
        *line.mutable_record() = viewer_.RefOf(type, id);
        Add(line);
      }
      return true;
    });
  }

  const Desk& desk_;
  Viewer viewer_;
  int64_t now_ms_;
  bool from_log_ = false;
  v1::SafetyCounts counts_;
  std::vector<v1::UnsafeLine> lines_;
};

class Changed {
 public:
  Changed(const Desk& desk, Readers& readers, int64_t since_ms, int64_t now_ms)
      : desk_(desk), viewer_(desk, readers, now_ms), since_ms_(since_ms), now_ms_(now_ms) {}

  absl::Status Add(const Id& scope) {
    const ScopeRow* row = desk_.store.log().Find(scope);
    if (row == nullptr || !desk_.IsFamily(scope)) return absl::OkStatus();
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
    if (!seen.ok()) return seen.status();
    const std::string family = FamilyName(desk_.catalog(), *(*seen)->state);
    for (uint64_t seq = row->seq; seq > 0; --seq) {
      absl::StatusOr<std::optional<Entry>> entry = desk_.store.log().Get(scope, seq);
      if (!entry.ok()) return entry.status();
      // The office's clock runs forward within a log, but for a server that was replaced.
      if (!*entry || (*entry)->meta.received_ms() < since_ms_) break;
      if ((*entry)->changeset.actor == desk_.user) continue;
      AddEntry(**entry, family, *(*seen)->state);
    }
    return (*seen)->state->status();
  }

  Answers Take() {
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const v1::ChangedLine& a, const v1::ChangedLine& b) {
                       return a.received_ms() > b.received_ms();
                     });
    Answers answers;
    for (v1::ChangedLine& line : lines_) *answers.emplace_back().mutable_changed() = line;
    return answers;
  }

 private:
  void AddEntry(const Entry& entry, const std::string& family, ScopeState& state) {
    for (const auto& [type, id] : RecordsOf(entry.changeset)) {
      v1::ChangedLine& line = lines_.emplace_back();
      line.set_scope(state.scope().str());
      line.set_family(family);
      *line.mutable_record() = viewer_.RefOf(type, id);
      line.set_actor(entry.changeset.actor.str());
      line.set_actor_name(viewer_.names().Person(entry.changeset.actor));
      line.set_written_ms(entry.changeset.body.clock().wall_ms());
      line.set_received_ms(entry.meta.received_ms());
      line.set_seq(entry.seq());
      const Record* record = state.Find(type, id);
      const bool made = record != nullptr && record->made_seq == entry.seq();
      line.set_what(!entry.applied() ? "HELD" : made ? "NEW" : "WRITTEN");
      for (const v1::RecordChange& change : entry.changeset.body.changes()) {
        if (change.type() != type || change.id() != id.view()) continue;
        for (const v1::FieldWrite& write : change.writes()) {
          const FieldType* field = desk_.catalog().FindField(type, write.field());
          if (field == nullptr) continue;
          line.add_fields(field->name);
          const Cell* cell = record == nullptr ? nullptr : record->FindCell(write.field());
          if (cell != nullptr && IsContested(*cell, *field)) line.set_two_answers(true);
        }
      }
    }
  }

  const Desk& desk_;
  Viewer viewer_;
  int64_t since_ms_;
  int64_t now_ms_;
  std::vector<v1::ChangedLine> lines_;
};

int64_t LastWorkingMorning(int64_t now_ms, const BankHolidays& holidays) {
  Day day = LondonDay(now_ms) - 1;
  while (!IsWorkingDay(day, holidays, HolidayCounting::kSkip)) --day;
  return LondonMidnightMs(day);
}

}  // namespace

absl::StatusOr<Answers> AnswerNotYetSafe(const Desk& desk, Readers& readers, int64_t now_ms) {
  return Unsafe(desk, readers, now_ms).Make();
}

absl::StatusOr<Answers> AnswerChanged(const Desk& desk, Readers& readers,
                                      const v1::Query::Changed& query, const BankHolidays& holidays,
                                      int64_t now_ms) {
  const int64_t since = query.since_ms() != 0
                            ? query.since_ms()
                            : LastWorkingMorning(OfficeTimeMs(desk, now_ms), holidays);
  Changed changed(desk, readers, since, now_ms);
  absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk);
  if (!scopes.ok()) return scopes.status();
  for (const Id& scope : *scopes) {
    if (!query.scope().empty() && query.scope() != scope.view()) continue;
    absl::Status added = changed.Add(scope);
    if (!added.ok()) return added;
  }
  return changed.Take();
}

}  // namespace doorstep::client
