#include "client-core/client/view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "crypto/reason.h"
#include "model/value_json.h"

namespace doorstep::client {
namespace {

v1::OpId Wire(const Op& op) {
  v1::OpId wire;
  wire.set_uid(op.uid.str());
  wire.set_index(op.index);
  return wire;
}

// The values in force of a field as JSON: an array for a set, else the first of them.
std::string JsonOf(const v1::FieldView& view, const FieldType& field) {
  std::vector<std::string> values;
  for (const v1::ValueView& value : view.values()) {
    if (value.in_force() && !value.json().empty()) values.push_back(value.json());
  }
  if (field.merge == v1::UNION) return absl::StrCat("[", absl::StrJoin(values, ","), "]");
  return values.empty() ? "" : values.front();
}

bool LessSafe(v1::Safety a, v1::Safety b) { return static_cast<int>(a) < static_cast<int>(b); }

}  // namespace

std::string ClassName(v1::Class cls) { return v1::Class_Name(cls); }
std::string MergeName(v1::Merge merge) { return v1::Merge_Name(merge); }

v1::RecordRef Viewer::RefOf(uint32_t type, const Id& id) const {
  v1::RecordRef ref;
  ref.set_type(type);
  const RecordType* known = desk_.catalog().Find(type);
  if (known != nullptr) ref.set_type_name(known->name);
  ref.set_id(id.str());
  return ref;
}

absl::StatusOr<Viewer::Origin> Viewer::OriginOf(const Id& scope, const Id& uid, uint64_t seq) {
  auto known = origins_.find({scope, uid});
  if (known != origins_.end()) return known->second;
  Origin origin;
  if (!IsProvisional(seq)) {
    absl::StatusOr<std::optional<Entry>> entry = desk_.store.log().Get(scope, seq);
    if (!entry.ok()) return entry.status();
    const ScopeRow* row = desk_.store.log().Find(scope);
    origin.seq = seq;
    origin.safety =
        row != nullptr && seq <= row->archived_seq ? v1::ARCHIVED : v1::RECEIVED_BY_THE_OFFICE;
    if (*entry) {
      origin.written_ms = (*entry)->changeset.body.clock().wall_ms();
      origin.received_ms = (*entry)->meta.received_ms();
    }
  } else {
    absl::StatusOr<std::optional<OutboxRow>> row = desk_.store.outbox().Find(scope, uid);
    if (!row.ok()) return row.status();
    if (*row && !(*row)->sealed) {
      absl::StatusOr<Changeset> changeset = desk_.store.outbox().Load(**row);
      if (!changeset.ok()) return changeset.status();
      origin.written_ms = changeset->body.clock().wall_ms();
    }
    if (*row && (*row)->answer == Answer::kAccepted) {
      origin.safety = (*row)->archived ? v1::ARCHIVED : v1::RECEIVED_BY_THE_OFFICE;
    }
  }
  origins_[{scope, uid}] = origin;
  return origin;
}

// The value itself, opened where it is RESTRICTED and a key is here.
absl::Status Viewer::FillValue(const Id& scope, uint32_t type, const Id& record, uint32_t field,
                               const LiveWrite& write, v1::ValueView& view) {
  if (write.value.empty()) return absl::OkStatus();  // cleared
  const FieldType* rule = desk_.catalog().FindField(type, field);
  if (rule == nullptr) {
    view.set_value(write.value);
    return absl::OkStatus();
  }
  if (rule->cls != v1::RESTRICTED) {
    view.set_value(write.value);
    absl::StatusOr<std::string> json = ValueToJson(*rule, write.value);
    if (json.ok()) view.set_json(*std::move(json));  // a newer build's value is shown as bytes
    return absl::OkStatus();
  }
  absl::StatusOr<Secret> opened = readers_.Open(scope, type, record, field, write, now_ms_);
  if (!opened.ok()) {
    view.set_sealed(true);
    bool ours = opened.status().code() == absl::StatusCode::kUnavailable ||
                opened.status().code() == absl::StatusCode::kInternal;
    return ours ? opened.status() : absl::OkStatus();
  }
  view.set_value(std::string(opened->view()));
  absl::StatusOr<std::string> json = ValueToJson(*rule, opened->view());
  if (json.ok()) view.set_json(*std::move(json));
  return absl::OkStatus();
}

absl::StatusOr<v1::ValueView> Viewer::ViewValue(const Id& scope, uint32_t type, const Id& record,
                                                uint32_t field, const LiveWrite& write,
                                                Origin& origin) {
  v1::ValueView view;
  *view.mutable_op() = Wire(write.op);
  view.set_actor(write.actor.str());
  view.set_actor_name(names_.Person(write.actor));
  absl::StatusOr<Origin> found = OriginOf(scope, write.op.uid, write.seq);
  if (!found.ok()) return found.status();
  origin = *found;
  view.set_written_ms(origin.written_ms);
  view.set_received_ms(origin.received_ms);
  view.set_seq(origin.seq);
  view.set_live(true);
  absl::Status filled = FillValue(scope, type, record, field, write, view);
  if (!filled.ok()) return filled;
  return view;
}

absl::StatusOr<v1::FieldView> Viewer::ViewField(const Id& scope, const Record& record,
                                                uint32_t field) {
  v1::FieldView view;
  view.set_field(field);
  const FieldType* rule = desk_.catalog().FindField(record.type, field);
  const Cell* cell = record.FindCell(field);
  std::vector<const LiveWrite*> order;
  size_t in_force = 0;
  if (rule != nullptr) {
    view.set_name(rule->name);
    view.set_class_(ClassName(rule->cls));
    view.set_merge(MergeName(rule->merge));
    if (cell != nullptr) {
      order = InForce(*cell, *rule);
      view.set_contested(IsContested(*cell, *rule));
    }
    in_force = order.size();
  }
  if (cell != nullptr) {
    for (auto write = cell->live.rbegin(); write != cell->live.rend(); ++write) {
      bool shown = std::find(order.begin(), order.end(), &*write) != order.end();
      bool same_set = rule != nullptr && rule->merge == v1::UNION;
      if (!shown && !same_set) order.push_back(&*write);
    }
  }
  for (size_t i = 0; i < order.size(); ++i) {
    Origin origin;
    absl::StatusOr<v1::ValueView> value =
        ViewValue(scope, record.type, record.id, field, *order[i], origin);
    if (!value.ok()) return value.status();
    value->set_in_force(i < in_force);
    *view.add_values() = *std::move(value);
  }
  return view;
}

v1::RecordView Viewer::Begin(const Id& scope, uint32_t type, const Id& id) const {
  v1::RecordView view;
  const RecordType* known = desk_.catalog().Find(type);
  view.set_type(type);
  view.set_type_name(known == nullptr ? "" : known->name);
  view.set_unknown_type(known == nullptr);
  view.set_id(id.str());
  view.set_scope(scope.str());
  return view;
}

absl::StatusOr<v1::RecordView> Viewer::ViewRecord(const Id& scope, const Record& record) {
  v1::RecordView view = Begin(scope, record.type, record.id);
  view.set_made_by(record.made_actor.str());
  view.set_made_by_name(names_.Person(record.made_actor));
  view.set_made_seq(IsProvisional(record.made_seq) ? 0 : record.made_seq);
  v1::Safety safety = v1::ARCHIVED;
  std::vector<std::string> json = {absl::StrCat("\"id\":\"", record.id.hex(), "\""),
                                   absl::StrCat("\"type\":\"", view.type_name(), "\"")};
  for (const auto& [field, cell] : record.cells) {
    absl::StatusOr<v1::FieldView> shown = ViewField(scope, record, field);
    if (!shown.ok()) return shown.status();
    for (const LiveWrite& write : cell.live) {
      absl::StatusOr<Origin> origin = OriginOf(scope, write.op.uid, write.seq);
      if (!origin.ok()) return origin.status();
      if (LessSafe(origin->safety, safety)) safety = origin->safety;
    }
    const FieldType* rule = desk_.catalog().FindField(record.type, field);
    std::string value = rule == nullptr ? "" : JsonOf(*shown, *rule);
    if (!value.empty()) json.push_back(absl::StrCat("\"", rule->name, "\":", value));
    *view.add_fields() = *std::move(shown);
  }
  view.set_safety(safety);
  view.set_json(absl::StrCat("{", absl::StrJoin(json, ","), "}"));
  return view;
}

absl::StatusOr<v1::ValueView> Viewer::ViewWritten(const Id& scope, uint32_t type, const Id& record,
                                                  const WrittenValue& written) {
  v1::ValueView view;
  *view.mutable_op() = Wire(written.op);
  view.set_actor(written.actor.str());
  view.set_actor_name(names_.Person(written.actor));
  view.set_written_ms(written.clock.wall_ms());
  view.set_received_ms(written.received_ms);
  view.set_seq(written.seq);
  view.set_live(written.live);
  view.set_in_force(written.live);
  view.set_held(written.verdict == v1::HELD && written.outcome != HeldWork::Outcome::kReleased);
  LiveWrite write{written.op, written.actor, written.seq, written.value};
  absl::Status filled = FillValue(scope, type, record, written.field, write, view);
  if (!filled.ok()) return filled;
  return view;
}

absl::StatusOr<v1::RecordView> Viewer::ViewChange(const Changeset& changeset,
                                                  const v1::RecordChange& change,
                                                  uint32_t first_index) {
  Id id = Id::FromBytes(change.id()).value_or(Id{});
  v1::RecordView view = Begin(changeset.scope, change.type(), id);
  view.set_made_by(changeset.actor.str());
  view.set_made_by_name(names_.Person(changeset.actor));
  std::vector<std::string> json = {absl::StrCat("\"id\":\"", id.hex(), "\"")};
  uint32_t index = first_index;
  for (const v1::FieldWrite& write : change.writes()) {
    const FieldType* rule = desk_.catalog().FindField(change.type(), write.field());
    v1::FieldView* field = view.add_fields();
    field->set_field(write.field());
    if (rule != nullptr) {
      field->set_name(rule->name);
      field->set_class_(ClassName(rule->cls));
      field->set_merge(MergeName(rule->merge));
    }
    v1::ValueView* value = field->add_values();
    value->set_actor(changeset.actor.str());
    value->set_actor_name(view.made_by_name());
    value->set_written_ms(changeset.body.clock().wall_ms());
    value->set_held(true);
    LiveWrite live{{changeset.uid, index++}, changeset.actor, 0, write.value()};
    absl::Status filled =
        FillValue(changeset.scope, change.type(), id, write.field(), live, *value);
    if (!filled.ok()) return filled;
    if (rule != nullptr && !value->json().empty()) {
      json.push_back(absl::StrCat("\"", rule->name, "\":", value->json()));
    }
  }
  view.set_json(absl::StrCat("{", absl::StrJoin(json, ","), "}"));
  return view;
}

}  // namespace doorstep::client
