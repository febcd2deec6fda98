#include "sync-server/office/people.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "doorstep/v1/records.pb.h"
#include "model/value.h"
#include "sync-server/office/names.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kFamily = 1, kPerson = 2, kPersonName = 3, kPersonIdentifier = 4, kAddress = 6,
                   kSafeAddress = 7;

template <typename M, typename Visit>
void ForEachInForce(ScopeState& family, uint32_t number, const Visit& visit) {
  const RecordType& type = *Catalog::Get().Find(number);
  family.ForEach(number, [&](const Record& record) {
    M message;
    if (ParseInForce(record, type, message)) visit(record.id, message);
  });
}

Sex SexOf(const v1::Person& person) {
  switch (person.sex()) {
    case v1::Person::SEX_FEMALE:
      return Sex::kFemale;
    case v1::Person::SEX_MALE:
      return Sex::kMale;
    default:
      return Sex::kUnknown;
  }
}

bool IsExact(const v1::Person& person) {
  return !person.has_birth_precision() ||
         person.birth_precision() == v1::Person::BIRTH_PRECISION_EXACT;
}

void AddIfAny(std::set<std::string>& to, std::string value) {
  if (!value.empty()) to.insert(std::move(value));
}

}  // namespace

std::vector<KnownPerson> PeopleOf(ScopeState& family) {
  std::map<Id, Identity> people;
  const AddressMay address =
      HasProtectedPerson(family) ? AddressMay::kNotCount : AddressMay::kCount;
  ForEachInForce<v1::Person>(family, kPerson, [&](const Id& id, const v1::Person& person) {
    Identity& identity = people[id];
    if (person.has_birth_on() && IsExact(person)) identity.birth_on = person.birth_on();
    identity.sex = SexOf(person);
    identity.address = address;
  });
  const auto of = [&](const std::string& bytes) -> Identity* {
    const std::optional<Id> id = Id::FromBytes(bytes);
    const auto found = id ? people.find(*id) : people.end();
    return found == people.end() ? nullptr : &found->second;
  };
  ForEachInForce<v1::PersonName>(family, kPersonName, [&](const Id&, const v1::PersonName& name) {
    if (Identity* identity = of(name.person())) {
      identity->names.push_back({FirstWord(name.given()), JoinedName(name.family())});
    }
  });
  ForEachInForce<v1::PersonIdentifier>(
      family, kPersonIdentifier, [&](const Id&, const v1::PersonIdentifier& number) {
        Identity* identity = of(number.person());
        if (identity == nullptr) return;
        if (number.kind() == v1::PersonIdentifier::KIND_UPN) {
          AddIfAny(identity->upns, NormalCode(number.value()));
        } else if (number.kind() == v1::PersonIdentifier::KIND_NHS) {
          AddIfAny(identity->nhs_numbers, NormalCode(number.value()));
        } else if (number.kind() == v1::PersonIdentifier::KIND_NINO) {
          AddIfAny(identity->ninos, NormalNino(number.value()));
        } else if (number.kind() == v1::PersonIdentifier::KIND_LA_CHILD_ID) {
          AddIfAny(identity->la_child_ids, NormalCode(number.value()));
        }
      });
  if (address == AddressMay::kCount) {
    ForEachInForce<v1::Address>(family, kAddress, [&](const Id&, const v1::Address& lived) {
      Identity* identity = of(lived.person());
      if (identity == nullptr) return;
      AddIfAny(identity->postcodes, NormalCode(lived.postcode()));
      AddIfAny(identity->uprns, NormalCode(lived.uprn()));
    });
  }
  std::vector<KnownPerson> known;
  for (auto& [id, identity] : people) known.push_back({id, std::move(identity)});
  return known;
}

bool HasProtectedPerson(ScopeState& family) {
  bool found = false;
  ForEachInForce<v1::Person>(family, kPerson, [&](const Id&, const v1::Person& person) {
    found = found || person.address_confidential();
  });
  ForEachInForce<v1::SafeAddress>(family, kSafeAddress,
                                  [&](const Id&, const v1::SafeAddress& safe) {
                                    found = found || safe.state() != v1::SafeAddress::STATE_ENDED;
                                  });
  return found;
}

std::string NameOfFamily(ScopeState& family) {
  const Record* record = family.Find(kFamily, family.scope());
  v1::Family message;
  if (record == nullptr || !ParseInForce(*record, *Catalog::Get().Find(kFamily), message))
    return "";
  return message.name();
}

}  // namespace doorstep::server
