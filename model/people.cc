#include "model/people.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "model/value.h"
#include "model/viewpoint.h"

namespace doorstep {
namespace {

constexpr uint32_t kRole = v1::Person::kRoleFieldNumber;

// Every role that stands: two people may have written two.
std::set<int> RolesOf(const Record& record) {
  std::set<int> roles;
  const Cell* cell = record.FindCell(kRole);
  if (cell == nullptr) return roles;
  for (const LiveWrite& write : cell->live) {
    if (std::optional<uint32_t> code = DecodeCode(kRole, write.value)) {
      roles.insert(static_cast<int>(*code));
    }
  }
  return roles;
}

std::string FullName(const v1::PersonName& name) {
  if (name.given().empty()) return name.family();
  return absl::StrCat(name.given(), name.family().empty() ? "" : " ", name.family());
}

// Two spellings of one place are one place.
std::string Place(const v1::Address& address) {
  std::string place;
  for (char c : absl::StrCat(address.lines(), "/", address.postcode())) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '/') {
      place += absl::ascii_tolower(static_cast<unsigned char>(c));
    }
  }
  return place;
}

int Rank(const Member& member) {
  switch (member.fact->in.role()) {
    case v1::Person::MEMBER_ROLE_PARENT_CARER:
    case v1::Person::MEMBER_ROLE_KINSHIP_CARER:
      return 0;
    case v1::Person::MEMBER_ROLE_CHILD:
      return 1;
    case v1::Person::MEMBER_ROLE_UNBORN_CHILD:
      return 2;
    default:
      return 3;
  }
}

}  // namespace

bool ReadsRestricted(const Viewpoint& from, ScopeState& family) {
  if (from.user.is_zero()) return false;
  std::vector<Id> readers =
      RestrictedReaders(from.directory, from.directory.seq(), family, from.now_ms);
  return std::find(readers.begin(), readers.end(), from.user) != readers.end();
}

bool IsPresent(const v1::Address& address, Day today) {
  return (!address.has_from_on() || address.from_on() <= today) &&
         (!address.has_until_on() || address.until_on() >= today);
}

std::string FirstWords(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

People::People(Facts& family, Day today) : family_(family) {
  for (const Fact<v1::Person>& person : family.All<v1::Person>()) {
    if (family.PersonOf(person.id().view()) != person.id()) continue;
    Member member;
    member.fact = &person;
    if (person.in.has_birth_on()) member.born = person.in.birth_on();
    if (member.born && *member.born <= today) member.age = AgeOn(*member.born, today);
    std::set<int> roles = RolesOf(*person.record);
    member.child = roles.contains(v1::Person::MEMBER_ROLE_CHILD);
    member.unborn = !member.child && roles.contains(v1::Person::MEMBER_ROLE_UNBORN_CHILD);
    member.here =
        (!person.in.has_left_on() || person.in.left_on() > today) && !person.in.has_died_on();
    members_.push_back(std::move(member));
  }
  ReadNames();
  MarkConfidential(today);
  std::stable_sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) {
    return std::tuple(!a.here, Rank(a), a.born.value_or(kDateMax)) <
           std::tuple(!b.here, Rank(b), b.born.value_or(kDateMax));
  });
}

void People::ReadNames() {
  std::map<Id, std::vector<const Fact<v1::PersonName>*>> names;
  for (const Fact<v1::PersonName>& name : family_.All<v1::PersonName>()) {
    names[family_.PersonOf(name.in.person())].push_back(&name);
  }
  for (Member& member : members_) {
    const Fact<v1::PersonName>* best = nullptr;
    auto rank = [](const v1::PersonName& name) {
      const bool current =
          !name.has_until_on() && (name.kind() == v1::PersonName::KIND_CURRENT || name.kind() == 0);
      return current ? 2 : name.kind() == v1::PersonName::KIND_KNOWN_AS ? 1 : 0;
    };
    for (const Fact<v1::PersonName>* name : names[member.id()]) {
      if (best == nullptr || rank(name->in) >= rank(best->in)) best = name;
    }
    member.name = best == nullptr ? "somebody without a name" : FullName(best->in);
    for (const Fact<v1::PersonName>* name : names[member.id()]) {
      if (name != best) member.also_known_as.push_back(FullName(name->in));
    }
  }
}

void People::MarkConfidential(Day today) {
  std::set<Id> marked;
  for (const Fact<v1::Person>& person : family_.All<v1::Person>()) {
    if (person.in.address_confidential()) marked.insert(family_.PersonOf(person.id().view()));
  }
  for (const Fact<v1::SafeAddress>& safe : family_.All<v1::SafeAddress>()) {
    const bool ended = safe.in.state() == v1::SafeAddress::STATE_ENDED;
    if (!ended) marked.insert(family_.PersonOf(safe.in.person()));
  }
  std::set<std::string> places;
  for (const Fact<v1::Address>& address : family_.All<v1::Address>()) {
    const bool theirs = marked.contains(family_.PersonOf(address.in.person()));
    if (theirs && IsPresent(address.in, today)) places.insert(Place(address.in));
  }
  for (const Fact<v1::Address>& address : family_.All<v1::Address>()) {
    if (IsPresent(address.in, today) && places.contains(Place(address.in))) {
      marked.insert(family_.PersonOf(address.in.person()));
    }
  }
  for (Member& member : members_) member.confidential = marked.contains(member.id());
}

const Member* People::Find(std::string_view id) const {
  const Id person = family_.PersonOf(id);
  for (const Member& member : members_) {
    if (member.id() == person) return &member;
  }
  return nullptr;
}

std::string People::NameOf(std::string_view id) const {
  const Member* member = Find(id);
  return member == nullptr ? "somebody not here yet" : member->name;
}

std::vector<std::string> People::NamesOf(
    const google::protobuf::RepeatedPtrField<std::string>& ids) const {
  std::vector<std::string> names;
  for (const std::string& id : ids) {
    std::string name = NameOf(id);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

bool People::AnyConfidential() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const Member& member) { return member.confidential; });
}

}  // namespace doorstep
