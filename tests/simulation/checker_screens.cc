// What people's screens show, compared with what was written (P7 to P10).
#include <algorithm>
#include <cassert>

#include "tests/simulation/checker.h"
#include "tests/simulation/plan_facts.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

bool ShowsOp(const v1::RecordView& view, const OpName& op) {
  return std::any_of(view.fields().begin(), view.fields().end(), [&](const v1::FieldView& field) {
    return std::any_of(field.values().begin(), field.values().end(),
                       [&](const v1::ValueView& value) { return NameOf(value.op()) == op; });
  });
}

const v1::FieldView* FieldOf(const v1::RecordView& view, uint32_t field) {
  for (const v1::FieldView& one : view.fields()) {
    if (one.field() == field) return &one;
  }
  return nullptr;
}

bool Shows(const v1::FieldView& field, const LiveValue& live) {
  return std::any_of(field.values().begin(), field.values().end(), [&](const v1::ValueView& value) {
    return NameOf(value.op()) == live.op || value.value() == live.value;
  });
}

}  // namespace

void Checker::LookAtRecord(DeviceUnit& device, const Id& scope, uint32_t type, const Id& record,
                           const ScopeTruth& truth) {
  const std::string where =
      "type " + std::to_string(type) + " record " + record.short_hex() + " of " + scope.short_hex();
  absl::StatusOr<v1::RecordView> view = device.client().Get(type, record);
  if (!view.ok()) return Fail("P8", where + " is not to be seen");
  if (view->scope() != scope.view()) return;  // the same id in two families
  const RecordFacts* facts = FactsOf(type);
  for (auto at = truth.lower_bound({type, record, 0});
       at != truth.end() && at->first.type == type && at->first.record == record; ++at) {
    const FieldFacts* rule = facts == nullptr ? nullptr : facts->Field(at->first.field);
    const v1::FieldView* field = FieldOf(*view, at->first.field);
    const std::vector<LiveValue>& live = at->second.live;
    for (const LiveValue& value : live) {
      if (value.value.empty()) continue;
      const bool sealed = rule != nullptr && rule->cls == v1::RESTRICTED;
      const bool shown =
          field != nullptr && (sealed ? field->values_size() > 0 : Shows(*field, value));
      if (!shown) {
        return Fail("P8", "a live value of field " + std::to_string(at->first.field) + ", " +
                              where + " is not to be seen");
      }
    }
    if (field == nullptr) continue;
    for (const v1::ValueView& value : field->values()) {
      const bool is_live = std::any_of(
          live.begin(), live.end(), [&](const LiveValue& v) { return v.op == NameOf(value.op()); });
      if (!is_live) {
        return Fail("P8", "a value that another write names is shown, field " +
                              std::to_string(at->first.field) + ", " + where);
      }
    }
    if (rule == nullptr || rule->merge != v1::PROTECTIVE || field->values().empty()) continue;
    uint64_t most = 0;
    for (const LiveValue& value : live) most = std::max(most, RankIn(*rule, value.value));
    if (RankIn(*rule, field->values(0).value()) != most) {
      Fail("P9", "a value that protects less is in force, field " +
                     std::to_string(at->first.field) + ", " + where);
    }
  }
}

void Checker::LookAtPlan(DeviceUnit& device, const Node* end, const Id& plan) {
  v1::Query query;
  query.mutable_plan()->set_id(plan.str());
  absl::StatusOr<std::vector<v1::Answer>> answers = device.client().Ask(query);
  if (!answers.ok() || answers->empty()) {
    return Fail("P10", "plan " + plan.short_hex() + " has no standing");
  }
  ++parts_.coverage["plans looked at: " + answers->front().plan().status()];
  const std::string truth = PlanStatusAt(book_, end, plan);
  const v1::PlanAnswer& answer = answers->front().plan();
  if (answer.status() != truth) {
    Fail("P10", "plan " + plan.short_hex() + " is shown " + answer.status() + " and is " + truth);
  }
}

void Checker::LookAtScreens(DeviceUnit& device, Chance& chance, size_t records) {
  if (!device.usable()) return;
  client::Store& store = device.store();
  absl::StatusOr<v1::Attention> attention = device.client().ListAttention();
  if (!attention.ok()) return Fail("P7", "nothing that waits can be listed");
  std::set<Id> listed;
  for (const v1::AttentionItem& item : attention->items()) listed.insert(IdOf(item.uid()));

  // Own work that no log here has: its effect is seen, or it is listed.
  UnitRecord& record = units_[device.index()];
  for (const Id& uid : record.pending) {
    const MadeChangeset& made = made_.at(uid);
    auto seen = record.scopes.find(made.scope);
    const bool hidden = seen != record.scopes.end() && (seen->second.flags & client::kHidden) != 0;
    if (listed.contains(uid) || made.scope == device.id || hidden) continue;
    std::vector<v1::SignedChangeset> rows;
    std::vector<client::OutboxRow> headers;
    const absl::Status read = store.outbox().ForEachOf(made.scope, [&](const auto& row) {
      if (!row.sealed) headers.push_back(row);
      return true;
    });
    assert(read.ok());
    std::vector<v1::Changeset> bodies;
    for (const client::OutboxRow& row : headers) {
      absl::StatusOr<v1::SignedChangeset> bytes = store.outbox().Signed(row);
      bodies.emplace_back();
      if (bytes.ok()) bodies.back().ParseFromString(bytes->changeset());
    }
    std::set<OpName> named;
    for (const v1::Changeset& body : bodies) {
      for (const auto& change : body.changes()) {
        for (const auto& write : change.writes()) {
          for (const auto& op : write.overwrites()) named.insert(NameOf(op));
        }
      }
    }
    uint32_t index = 0;
    for (const v1::RecordChange& change : made.body.changes()) {
      absl::StatusOr<v1::RecordView> view = device.client().Get(change.type(), IdOf(change.id()));
      for (const v1::FieldWrite& write : change.writes()) {
        const OpName op{uid, index++};
        if (write.drop() || write.value().empty() || named.contains(op)) continue;
        const FieldFacts* rule =
            FactsOf(change.type()) ? FactsOf(change.type())->Field(write.field()) : nullptr;
        const bool once = rule == nullptr || rule->cls == v1::RESTRICTED ||
                          rule->merge == v1::UNION || rule->merge == v1::FIXED;
        if (view.ok() && (once || ShowsOp(*view, op))) continue;
        Fail("P7", "uid " + uid.short_hex() + " of scope " + made.scope.short_hex() +
                       " is neither seen nor listed on its author's device");
      }
    }
  }

  for (const auto& [scope, seen] : record.scopes) {
    const uint32_t unseen = client::kHidden | client::kPurged | client::kSuspect;
    if (seen.end == nullptr || scope == device.id || (seen.flags & unseen) != 0) continue;
    absl::StatusOr<client::Outbox::Counts> rows = store.outbox().CountOf(scope);
    if (!rows.ok() || rows->all > 0) continue;
    const ScopeTruth truth = TruthAt(seen.end);
    std::vector<std::pair<uint32_t, Id>> all;
    for (const auto& [key, cell] : truth) {
      if (all.empty() || all.back() != std::pair(key.type, key.record)) {
        all.emplace_back(key.type, key.record);
      }
    }
    for (size_t i = 0; i < records && !all.empty(); ++i) {
      const auto& [type, id] = records >= all.size() ? all[i % all.size()] : chance.Pick(all);
      if (i >= all.size()) break;
      LookAtRecord(device, scope, type, id, truth);
      if (type == kPlanType) LookAtPlan(device, seen.end, id);
    }
    ++parts_.coverage["screens looked at"];
  }
}

}  // namespace doorstep::simulation
