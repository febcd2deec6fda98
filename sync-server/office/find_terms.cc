#include "sync-server/office/find_terms.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "model/access_event.h"
#include "model/value.h"
#include "sync-server/office/names.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kFamily = 1, kPerson = 2, kPersonName = 3, kPersonIdentifier = 4;

// The meta row that says by which rules the index was made.
constexpr std::string_view kRulesName = "find index";
constexpr std::string_view kRules = "1";

std::string Term(std::string_view kind, std::string_view word) {
  return std::string(kind) + "/" + std::string(word);
}

void AddIfAny(std::set<std::string>& terms, std::string_view kind, std::string_view word) {
  if (!word.empty()) terms.insert(Term(kind, word));
}

std::set<std::string> TermsOfIdentifier(const v1::PersonIdentifier& identifier) {
  std::set<std::string> terms;
  switch (identifier.kind()) {
    case v1::PersonIdentifier::KIND_UPN:
      AddIfAny(terms, "upn", NormalCode(identifier.value()));
      break;
    case v1::PersonIdentifier::KIND_NHS:
      AddIfAny(terms, "nhs", NormalCode(identifier.value()));
      break;
    case v1::PersonIdentifier::KIND_NINO:
      AddIfAny(terms, "nino", NormalNino(identifier.value()));
      break;
    case v1::PersonIdentifier::KIND_LA_CHILD_ID:
      AddIfAny(terms, "la", NormalCode(identifier.value()));
      break;
    default:
      break;
  }
  return terms;
}

// Every live birth date: until people have settled which is right, either finds the child.
std::set<std::string> TermsOfPerson(const Record& record) {
  std::set<std::string> terms;
  const Cell* births = record.FindCell(v1::Person::kBirthOnFieldNumber);
  if (births == nullptr) return terms;
  for (const LiveWrite& write : births->live) {
    const auto days = DecodeDate(v1::Person::kBirthOnFieldNumber, write.value);
    if (days) terms.insert(Term("birth", DigitsOf(*days)));
  }
  return terms;
}

std::set<std::string> TermsOfName(const Record& record) {
  std::set<std::string> terms;
  const Cell* names = record.FindCell(v1::PersonName::kFamilyFieldNumber);
  if (names == nullptr) return terms;
  for (const LiveWrite& write : names->live) {
    const auto text = DecodeBytes(v1::PersonName::kFamilyFieldNumber, write.value);
    if (text) AddIfAny(terms, "family", JoinedName(*text));
  }
  return terms;
}

class Terms final : public FindIndex {
 public:
  std::optional<std::set<std::string>> TermsOf(const Record& record) const override {
    if (record.type == AccessEventType()) {
      const std::optional<Looking> looking = LookingIn(record);
      if (!looking) return std::set<std::string>();
      return std::set<std::string>{LookedTerm(looking->family)};
    }
    switch (record.type) {
      case kFamily: {
        v1::Family family;
        if (!ParseInForce(record, *Catalog::Get().Find(kFamily), family)) break;
        const std::optional<Id> team = Id::FromBytes(family.team());
        return team ? std::set<std::string>{TeamTerm(*team)} : std::set<std::string>();
      }
      case kPerson:
        return TermsOfPerson(record);
      case kPersonName:
        return TermsOfName(record);
      case kPersonIdentifier: {
        v1::PersonIdentifier identifier;
        if (!ParseInForce(record, *Catalog::Get().Find(kPersonIdentifier), identifier)) break;
        return TermsOfIdentifier(identifier);
      }
      default:
        return std::nullopt;
    }
    return std::set<std::string>();
  }
};

absl::Status IndexScope(Store& store, const Id& scope) {
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = store.Begin();
  if (!transaction.ok()) return transaction.status();
  for (const uint32_t type :
       {kFamily, kPerson, kPersonName, kPersonIdentifier, AccessEventType()}) {
    std::vector<Record> records;
    absl::Status read = (*transaction)->LoadRecords(scope, type, [&](Record record) {
      records.push_back(std::move(record));
    });
    if (!read.ok()) return read;
    for (const Record& record : records) {
      const auto terms = RecordsThatAreFound().TermsOf(record);
      if (!terms) continue;
      absl::Status put = (*transaction)->PutFindTerms(scope, type, record.id, *terms);
      if (!put.ok()) return put;
    }
  }
  return (*transaction)->Commit();
}

}  // namespace

const FindIndex& RecordsThatAreFound() {
  static const Terms terms;
  return terms;
}

std::string TeamTerm(const Id& team) { return Term("team", team.hex()); }
std::string LookedTerm(const Id& family) { return Term("looked", family.hex()); }

std::set<std::string> TermsToSearch(const Identity& asked) {
  std::set<std::string> terms;
  for (const Identity::Name& name : asked.names) AddIfAny(terms, "family", name.family);
  if (asked.birth_on) {
    for (const std::string& digits : BirthDigitsNear(DigitsOf(*asked.birth_on))) {
      terms.insert(Term("birth", digits));
    }
  }
  for (const std::string& upn : asked.upns) AddIfAny(terms, "upn", upn);
  for (const std::string& number : asked.nhs_numbers) AddIfAny(terms, "nhs", number);
  for (const std::string& nino : asked.ninos) AddIfAny(terms, "nino", nino);
  for (const std::string& id : asked.la_child_ids) AddIfAny(terms, "la", id);
  return terms;
}

absl::Status BringIndexUpToDate(Store& store) {
  std::vector<Id> scopes;
  {
    absl::StatusOr<std::unique_ptr<ReadView>> view = store.Read();
    if (!view.ok()) return view.status();
    absl::StatusOr<std::optional<std::string>> rules = (*view)->FindMeta(kRulesName);
    if (!rules.ok()) return rules.status();
    if (*rules == std::string(kRules)) return absl::OkStatus();
    absl::Status read =
        (*view)->ForEachScope([&](const Id& scope, const ScopeRow&) { scopes.push_back(scope); });
    if (!read.ok()) return read;
  }
  for (const Id& scope : scopes) {
    if (absl::Status indexed = IndexScope(store, scope); !indexed.ok()) return indexed;
  }
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = store.Begin();
  if (!transaction.ok()) return transaction.status();
  absl::Status put = (*transaction)->PutMeta(kRulesName, kRules);
  return put.ok() ? (*transaction)->Commit() : put;
}

}  // namespace doorstep::server
