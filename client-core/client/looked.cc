#include "client-core/client/looked.h"

#include <algorithm>
#include <optional>

#include "client-core/client/authority_view.h"
#include "client-core/client/commit.h"
#include "crypto/reason.h"
#include "model/authority.h"

namespace doorstep::client {
namespace {

using Event = v1::AccessEvent;

constexpr size_t kEventsInChangesetMax = 8;  // of 256 records each they fit into 64 KiB
// A device that was in contact a moment ago is not offline.
constexpr int64_t kInContactMs = 10 * 60'000;

bool IsOffline(const Desk& desk, int64_t now_ms) {
  const absl::StatusOr<std::optional<int64_t>> contact =
      desk.store.meta().GetInt(meta::kLastContact);
  return !contact.ok() || !*contact || now_ms - **contact > kInContactMs || now_ms < **contact;
}

// Whether the office's own roles, not a place here, make this person look.
Event::Purpose PurposeByRole(const Desk& desk) {
  const Directory& directory = desk.directory();
  const auto has = [&](v1::Role role) {
    return directory.HasRole(desk.user, role, directory.seq());
  };
  if (has(v1::ROLE_DUTY)) return Event::PURPOSE_EMERGENCY;
  if (has(v1::ROLE_RECORDS)) return Event::PURPOSE_SUBJECT_ACCESS;
  if (has(v1::ROLE_AUDITOR)) return Event::PURPOSE_AUDIT;
  if (has(v1::ROLE_PROGRAMME)) return Event::PURPOSE_MATCHING;
  if (has(v1::ROLE_SUPERVISOR)) return Event::PURPOSE_SUPERVISION;
  return Event::PURPOSE_WORK;
}

bool OpensRestricted(const v1::RecordView& record) {
  return std::any_of(record.fields().begin(), record.fields().end(), [](const auto& field) {
    return field.class_() == "RESTRICTED" &&
           std::any_of(field.values().begin(), field.values().end(),
                       [](const v1::ValueView& value) { return !value.value().empty(); });
  });
}

std::optional<Id> IdIn(const std::string& bytes) { return Id::FromBytes(bytes); }

}  // namespace

LookBook::Seen& LookBook::At(const Desk& desk, const Id& family, Event::Acts act,
                             const std::string& recipient, int64_t now_ms) {
  const auto [at, fresh] = seen_.try_emplace(Key{family, {act, recipient}});
  Seen& seen = at->second;
  if (!fresh) return seen;
  Looking& looking = seen.looking;
  looking.family = family;
  looking.opened_ms = now_ms;
  looking.acts = {act};
  looking.recipient = recipient;
  looking.offline = IsOffline(desk, now_ms);
  looking.purpose = PurposeByRole(desk);
  const absl::StatusOr<OverlayScope*> overlay = desk.store.overlay().Of(family, now_ms);
  if (!overlay.ok()) return seen;
  for (const AssignmentView& place : AssignmentsOf(*(*overlay)->state)) {
    if (place.user != desk.user || !place.OpenAt(now_ms)) continue;
    looking.assignment = place.id;
    looking.purpose = PurposeOf(place.relation);
  }
  return seen;
}

void LookBook::SeeIds(const Desk& desk, const Id& family, Event::Acts act,
                      const std::string& recipient, const std::set<Id>& ids, int64_t now_ms) {
  if (!desk.IsFamily(family) || family.is_zero()) return;
  Seen& seen = At(desk, family, act, recipient, now_ms);
  for (const Id& id : ids) {
    if (!seen.written.contains(id)) seen.looking.records.insert(id);
  }
}

void LookBook::See(const Desk& desk, const Id& family, Event::Acts act,
                   const std::string& recipient, const std::vector<const v1::RecordView*>& records,
                   int64_t now_ms) {
  std::set<Id> ids;
  bool restricted = false;
  for (const v1::RecordView* record : records) {
    if (const std::optional<Id> id = IdIn(record->id())) ids.insert(*id);
    restricted = restricted || OpensRestricted(*record);
  }
  SeeIds(desk, family, act, recipient, ids, now_ms);
  const auto seen = seen_.find(Key{family, {act, recipient}});
  if (restricted && seen != seen_.end() && !seen->second.looking.restricted_opened) {
    seen->second.looking.restricted_opened = true;
    seen->second.begun = false;  // that a sealed value was shown is said at once
  }
}

void LookBook::NoteQuery(const Desk& desk, Readers& readers, const v1::Query& query,
                         const std::vector<v1::Answer>& answers, int64_t now_ms) {
  Event::Acts act = ActNamed(query.use().act());
  if (act == Event::ACTS_UNSPECIFIED) act = Event::ACTS_VIEW;
  std::map<Id, std::vector<const v1::RecordView*>> by_family;
  std::set<Id> opened;  // with nothing in them, or by a record's history
  switch (query.kind_case()) {
    case v1::Query::kStory:
    case v1::Query::kFamilyPage:
      if (const auto scope =
              IdIn(query.has_story() ? query.story().scope() : query.family_page().scope())) {
        const ScopeRow* row = desk.store.log().Find(*scope);
        if (row != nullptr && row->seq > 0) opened.insert(*scope);
      }
      break;
    case v1::Query::kRecords:
      // A list over all families is a person's own list of work; a family's or a record's is a
      // look.
      if (query.records().scope().empty() && query.records().id().empty() &&
          act == Event::ACTS_VIEW) {
        return;
      }
      break;
    case v1::Query::kHistory:
    case v1::Query::kPlan:
    case v1::Query::kPlanPage:
    case v1::Query::kPlanVersions:
    case v1::Query::kPlanDifference: {
      const RecordType* type = !query.has_history() ? desk.catalog().Find("plan")
                               : query.history().type() != 0
                                   ? desk.catalog().Find(query.history().type())
                                   : desk.catalog().Find(query.history().type_name());
      const std::optional<Id> id = IdIn(query.has_history()         ? query.history().id()
                                        : query.has_plan()          ? query.plan().id()
                                        : query.has_plan_page()     ? query.plan_page().id()
                                        : query.has_plan_versions() ? query.plan_versions().id()
                                                                    : query.plan_difference().id());
      if (!id || type == nullptr) return;
      const absl::StatusOr<std::vector<Id>> scopes = desk.store.query().ScopesOf(type->number, *id);
      if (!scopes.ok()) return;
      for (const Id& scope : *scopes)
        SeeIds(desk, scope, act, query.use().recipient(), {*id}, now_ms);
      break;
    }
    default:
      return;
  }
  for (const v1::Answer& answer : answers) {
    const std::optional<Id> scope =
        answer.has_record() ? IdIn(answer.record().scope()) : std::nullopt;
    if (scope) by_family[*scope].push_back(&answer.record());
  }
  for (const Id& scope : opened) by_family[scope];
  for (const auto& [family, records] : by_family) {
    See(desk, family, act, query.use().recipient(), records, now_ms);
  }
  Write(desk, readers, Which::kDue, now_ms).IgnoreError();  // it waits, and is tried again
}

void LookBook::NoteSearch(const Desk& desk, Readers& readers,
                          const std::vector<v1::Answer>& answers, int64_t now_ms) {
  std::map<Id, std::set<Id>> by_family;
  for (const v1::Answer& answer : answers) {
    const std::optional<Id> scope = IdIn(answer.hit().scope());
    const std::optional<Id> id = IdIn(answer.hit().record().id());
    if (scope && id) by_family[*scope].insert(*id);
  }
  for (const auto& [family, ids] : by_family) {
    SeeIds(desk, family, Event::ACTS_SEARCH, "", ids, now_ms);
  }
  Write(desk, readers, Which::kDue, now_ms).IgnoreError();
}

void LookBook::NoteRecord(const Desk& desk, Readers& readers, const v1::RecordView& record,
                          int64_t now_ms) {
  const std::optional<Id> scope = IdIn(record.scope());
  if (!scope) return;
  See(desk, *scope, Event::ACTS_VIEW, "", {&record}, now_ms);
  Write(desk, readers, Which::kDue, now_ms).IgnoreError();
}

void LookBook::NoteOffice(const Desk& desk, Readers& readers, const v1::Request& request,
                          const v1::Reply& reply, int64_t now_ms) {
  for (const v1::OfficeHit& hit : reply.found().hits()) {
    if (const auto family = IdIn(hit.family())) {
      SeeIds(desk, *family, Event::ACTS_SEARCH, "", {}, now_ms);
    }
  }
  for (const v1::OfficeFamilyLine& line : reply.team_families().families()) {
    if (const auto family = IdIn(line.family())) {
      SeeIds(desk, *family, Event::ACTS_SEARCH, "", {}, now_ms);
    }
  }
  if (request.has_office_family()) {
    std::vector<const v1::RecordView*> records;
    for (const v1::RecordView& record : reply.office_records().records()) {
      records.push_back(&record);
    }
    if (const auto family = IdIn(request.office_family().family())) {
      See(desk, *family, Event::ACTS_VIEW, "", records, now_ms);
    }
  }
  Write(desk, readers, Which::kDue, now_ms).IgnoreError();
}

absl::Status LookBook::Flush(const Desk& desk, Readers& readers, int64_t now_ms) {
  absl::Status written = Write(desk, readers, Which::kAll, now_ms);
  if (written.ok()) seen_.clear();
  return written;
}

absl::Status LookBook::Write(const Desk& desk, Readers& readers, Which which, int64_t now_ms) {
  const absl::StatusOr<std::optional<int64_t>> counting =
      desk.store.meta().GetInt(meta::kFoundCounting);
  if (!counting.ok()) return counting.status();
  if (counting->value_or(0) == 0)
    return absl::OkStatus();  // it writes nothing yet, and has nothing
  std::vector<std::pair<Seen*, Looking>> due;
  for (auto& [key, seen] : seen_) {
    const bool full = seen.looking.records.size() >= kLookedRecordsMax;
    const bool rest = which == Which::kAll && !seen.looking.records.empty();
    if (seen.begun && !full && !rest) continue;
    Looking looking = seen.looking;
    if (seen.begun) looking.closed_ms = now_ms;
    looking.records.clear();
    for (const Id& record : seen.looking.records) {
      if (looking.records.size() == kLookedRecordsMax) {
        due.emplace_back(&seen, looking);
        looking.records.clear();
      }
      looking.records.insert(record);
    }
    due.emplace_back(&seen, std::move(looking));
  }
  for (size_t from = 0; from < due.size(); from += kEventsInChangesetMax) {
    const size_t to = std::min(due.size(), from + kEventsInChangesetMax);
    std::vector<v1::RecordChange> changes;
    for (size_t i = from; i < to; ++i) {
      changes.push_back(AccessEventOf(Id{desk.random.Make<16>()}, due[i].second));
    }
    const absl::StatusOr<Prepared> prepared =
        PrepareChanges(desk, readers, desk.device(), changes, now_ms);
    if (!prepared.ok()) return prepared.status();
    absl::Status kept = Keep(desk, *prepared, "", now_ms);
    if (!kept.ok()) return kept;
    for (size_t i = from; i < to; ++i) {
      Seen& seen = *due[i].first;
      seen.begun = true;
      for (const Id& record : due[i].second.records) {
        seen.written.insert(record);
        seen.looking.records.erase(record);
      }
      seen.looking.opened_ms = now_ms;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Answer>> LookedHere(const Desk& desk, const Id& family,
                                                   int64_t now_ms) {
  const absl::StatusOr<OverlayScope*> journal = desk.store.overlay().Of(desk.device(), now_ms);
  if (!journal.ok()) return journal.status();
  Names names(desk);
  std::vector<v1::Answer> answers;
  (*journal)->state->ForEach(AccessEventType(), [&](const Record& record) {
    const std::optional<Looking> looking = LookingIn(record);
    if (!looking || looking->family != family) return;
    v1::LookedLine& line = *answers.emplace_back().mutable_looked();
    line.set_family(family.str());
    line.set_device(desk.device().str());
    line.set_user(record.made_actor.str());
    line.set_user_name(names.Person(record.made_actor));
    line.set_opened_ms(looking->opened_ms);
    line.set_closed_ms(looking->closed_ms);
    line.set_purpose(PurposeName(looking->purpose));
    for (const Event::Acts act : looking->acts) line.add_acts(ActName(act));
    line.set_records(static_cast<uint32_t>(looking->records.size()));
    line.set_restricted_opened(looking->restricted_opened);
    line.set_offline(looking->offline);
    line.set_recipient(looking->recipient);
  });
  if (!(*journal)->state->status().ok()) return (*journal)->state->status();
  // What was gathered of a look is closed later than the look's own beginning.
  std::stable_sort(answers.begin(), answers.end(), [](const v1::Answer& a, const v1::Answer& b) {
    return std::pair(a.looked().opened_ms(), a.looked().closed_ms()) <
           std::pair(b.looked().opened_ms(), b.looked().closed_ms());
  });
  return answers;
}

}  // namespace doorstep::client
