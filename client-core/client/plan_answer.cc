#include "client-core/client/plan_answer.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "model/digest.h"
#include "model/merge.h"
#include "model/plan_approval.h"
#include "model/value_json.h"

namespace doorstep::client {
namespace {

const char* StatusName(PlanStatus status) {
  switch (status) {
    case PlanStatus::kClosed:
      return "CLOSED";
    case PlanStatus::kApproved:
      return "APPROVED";
    case PlanStatus::kReturned:
      return "RETURNED";
    case PlanStatus::kSubmitted:
      return "SUBMITTED";
    case PlanStatus::kChangedSinceApproval:
      return "CHANGED_SINCE_APPROVAL";
    case PlanStatus::kChangedSinceSubmission:
      return "CHANGED_SINCE_SUBMISSION";
    case PlanStatus::kDraft:
      return "DRAFT";
  }
  return "";
}

// The covered content of one version: the values in force, by record and field.
using Key = std::pair<uint32_t, Id>;
using Content = std::map<Key, std::map<uint32_t, std::vector<std::string>>>;

Content ContentOf(const Catalog& catalog, const std::vector<const Record*>& covered) {
  Content content;
  for (const Record* record : covered) {
    const RecordType* type = catalog.Find(record->type);
    if (type == nullptr) continue;
    for (const auto& [number, cell] : record->cells) {
      const FieldType* field = type->FindField(number);
      bool shown = field != nullptr && field->merge != v1::COMMAND && !field->outside_version;
      if (!shown) continue;
      std::vector<std::string>& values = content[{record->type, record->id}][number];
      for (const LiveWrite* write : InForce(cell, *field)) values.push_back(write->value);
    }
  }
  return content;
}

bool HasUnknown(const Catalog& catalog, const std::vector<const Record*>& covered) {
  for (const Record* record : covered) {
    const RecordType* type = catalog.Find(record->type);
    if (type == nullptr) return true;
    for (const auto& [number, cell] : record->cells) {
      if (type->FindField(number) == nullptr) return true;
    }
  }
  return false;
}

// The content when the plan's digest was `digest`: the last such place of the stored log.
absl::StatusOr<Content> ContentAt(const Desk& desk, const Id& family, uint32_t type, const Id& plan,
                                  const Hash32& digest) {
  Content content;
  ScopeState then(family, nullptr);
  const ScopeRow* row = desk.store.log().Find(family);
  if (row == nullptr) return content;
  absl::Status read = desk.store.log().ForEach(family, 1, row->seq, [&](const Entry& entry) {
    FoldEntry(then, entry);
    std::vector<const Record*> covered = CoveredBy(desk.catalog(), then, type, plan);
    if (covered.empty()) return true;
    Hash32 now = VersionDigest(desk.catalog(), desk.tenant(), family, type, plan, covered);
    if (now == digest) content = ContentOf(desk.catalog(), covered);
    return true;
  });
  if (!read.ok()) return read;
  return content;
}

void AddJson(const FieldType& field, const std::vector<std::string>& values,
             google::protobuf::RepeatedPtrField<std::string>* out) {
  for (const std::string& value : values) {
    absl::StatusOr<std::string> json = ValueToJson(field, value);
    if (json.ok()) *out->Add() = *std::move(json);
  }
}

void AddChanges(const Desk& desk, const Viewer& viewer, const Content& before, const Content& after,
                v1::PlanAnswer& answer) {
  std::map<Key, std::map<uint32_t, int>> touched;
  for (const Content* content : {&before, &after}) {
    for (const auto& [key, fields] : *content) {
      for (const auto& [number, values] : fields) touched[key][number] = 1;
    }
  }
  static const std::vector<std::string> kNothing;
  auto values_in = [](const Content& content, const Key& key, uint32_t number) {
    auto record = content.find(key);
    if (record == content.end()) return &kNothing;
    auto field = record->second.find(number);
    return field == record->second.end() ? &kNothing : &field->second;
  };
  for (const auto& [key, fields] : touched) {
    for (const auto& [number, unused] : fields) {
      const std::vector<std::string>* was = values_in(before, key, number);
      const std::vector<std::string>* is = values_in(after, key, number);
      if (*was == *is) continue;
      const FieldType& field = *desk.catalog().FindField(key.first, number);
      v1::PlanAnswer::Change* change = answer.add_changes();
      *change->mutable_record() = viewer.RefOf(key.first, key.second);
      change->set_field(field.name);
      AddJson(field, *was, change->mutable_before());
      AddJson(field, *is, change->mutable_after());
    }
  }
}

}  // namespace

absl::StatusOr<v1::PlanAnswer> AnswerPlan(const Desk& desk, Viewer& viewer, const Id& family,
                                          const Id& plan, int64_t now_ms) {
  absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(family, now_ms);
  if (!seen.ok()) return seen.status();
  ScopeState& state = *(*seen)->state;
  uint32_t type = SubjectType(desk.catalog(), state, plan);
  if (type == 0) return MakeStatus(Reason::kNotFound, "no such plan");
  PlanStanding standing = StandingOf(desk.catalog(), desk.tenant(), state, plan);
  std::vector<const Record*> covered = CoveredBy(desk.catalog(), state, type, plan);
  v1::PlanAnswer answer;
  answer.set_plan(plan.str());
  answer.set_status(StatusName(standing.status));
  answer.set_digest(std::string(View(standing.digest)));
  answer.set_decisions_at_odds(standing.decisions_at_odds);
  answer.set_unknown_content(HasUnknown(desk.catalog(), covered));
  Content before;
  if (standing.approved) {
    answer.set_approved_digest(std::string(View(standing.approved->digest)));
    answer.set_provisional(IsProvisional(standing.approved->seq));
    absl::StatusOr<Content> then = ContentAt(desk, family, type, plan, standing.approved->digest);
    if (!then.ok()) return then.status();
    before = *std::move(then);
    if (before.empty() && standing.approved->digest == standing.digest) {
      before = ContentOf(desk.catalog(), covered);
    }
  }
  AddChanges(desk, viewer, before, ContentOf(desk.catalog(), covered), answer);
  return answer;
}

}  // namespace doorstep::client
