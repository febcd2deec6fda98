#include "model/digest.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/primitives.h"

namespace doorstep {
namespace {

// Where a record says which record it is part of; zeros when it does not.
Id OwnerOf(const Record& record, const FieldType& part_of) {
  std::string_view value = ValueInForce(record, part_of);
  if (value.size() < 16) return {};
  return Id::FromBytes(value.substr(value.size() - 16)).value_or(Id{});
}

bool Covers(const RecordType* type, uint32_t field_number) {
  const FieldType* field = type == nullptr ? nullptr : type->FindField(field_number);
  if (field == nullptr) return true;
  return field->merge != v1::COMMAND && !field->outside_version;
}

void AppendRecord(std::string& body, const RecordType* type, const Record& record) {
  uint32_t fields = 0;
  std::string content;
  for (const auto& [number, cell] : record.cells) {
    if (cell.live.empty() || !Covers(type, number)) continue;
    ++fields;
    std::vector<const LiveWrite*> live;
    for (const LiveWrite& write : cell.live) live.push_back(&write);
    std::sort(live.begin(), live.end(),
              [](const LiveWrite* a, const LiveWrite* b) { return a->op < b->op; });
    AppendU32(content, number);
    AppendU32(content, static_cast<uint32_t>(live.size()));
    for (const LiveWrite* write : live) {
      content += write->op.uid.view();
      AppendU32(content, write->op.index);
      AppendLp(content, write->value);
    }
  }
  AppendU32(body, record.type);
  body += record.id.view();
  AppendU32(body, fields);
  body += content;
}

}  // namespace

std::vector<const Record*> CoveredBy(const Catalog& catalog, ScopeState& scope, uint32_t type,
                                     const Id& id) {
  std::vector<const Record*> covered;
  const Record* subject = scope.Find(type, id);
  if (subject == nullptr) return covered;
  covered.push_back(subject);
  std::set<Id> owners{id};
  // A part may itself have parts; each round takes those of the owners found so far.
  for (size_t before = 0; before != covered.size();) {
    before = covered.size();
    for (const RecordType& part : catalog.types()) {
      if (part.part_of == 0) continue;
      scope.ForEach(part.number, [&](const Record& record) {
        Id owner = OwnerOf(record, *part.FindField(part.part_of));
        if (owners.contains(owner) && owners.insert(record.id).second) covered.push_back(&record);
      });
    }
  }
  std::sort(covered.begin(), covered.end(), [](const Record* a, const Record* b) {
    return std::pair(a->type, a->id) < std::pair(b->type, b->id);
  });
  return covered;
}

Hash32 VersionDigest(const Catalog& catalog, const Id& tenant, const Id& scope, uint32_t type,
                     const Id& id, const std::vector<const Record*>& covered) {
  std::string body;
  for (const Record* record : covered) AppendRecord(body, catalog.Find(record->type), *record);
  St st("doorstep/version/v1");
  st.Add(tenant.bytes).Add(scope.bytes).AddU32(type).Add(id.bytes).Add(body);
  return H(st.bytes());
}

Hash32 DigestOfSubject(const Catalog& catalog, const Id& tenant, ScopeState& scope, uint32_t type,
                       const Id& id) {
  return VersionDigest(catalog, tenant, scope.scope(), type, id,
                       CoveredBy(catalog, scope, type, id));
}

}  // namespace doorstep
