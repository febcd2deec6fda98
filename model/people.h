// Who is who in a family on a day: names, ages, who is a child, and about whom nothing may be told
// that says where they live.
#ifndef DOORSTEP_MODEL_PEOPLE_H_
#define DOORSTEP_MODEL_PEOPLE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "model/calendar.h"
#include "model/facts.h"

namespace doorstep {

struct Member {
  const Fact<v1::Person>* fact = nullptr;
  std::string name;  // current; never empty
  std::vector<std::string> also_known_as;
  std::optional<Day> born;
  int age = -1;               // whole years; -1: not known, or not born yet
  bool child = false;         // CHILD, in any of the roles written
  bool unborn = false;        // UNBORN_CHILD, and no CHILD beside it
  bool here = true;           // has neither left nor died
  bool confidential = false;  // IsConfidential below

  const Id& id() const { return fact->id(); }
};

class People {
 public:
  People(Facts& family, Day today);

  // Parents and carers, then children, then others; within these the oldest first. Duplicates are
  // folded into the person they are the same as.
  const std::vector<Member>& members() const { return members_; }
  // By any id of the person. nullptr: not here yet, or folded away.
  const Member* Find(std::string_view id) const;
  // "somebody not here yet" where there is no such person.
  std::string NameOf(std::string_view id) const;
  std::vector<std::string> NamesOf(
      const google::protobuf::RepeatedPtrField<std::string>& ids) const;

  // What tells where a person lives is not shown: `address_confidential`, an active safe address,
  // or a present address in common with somebody of whom one of these holds.
  bool AnyConfidential() const;

 private:
  void ReadNames();
  void MarkConfidential(Day today);

  Facts& family_;
  std::vector<Member> members_;
};

// Whether an address is lived at on a day.
bool IsPresent(const v1::Address& address, Day today);
// The text cut to at most `bytes`, at the end of a character, with "…" where something is missing.
std::string FirstWords(std::string_view text, size_t bytes);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PEOPLE_H_
