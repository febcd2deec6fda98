#include <optional>
#include <set>

#include "model/rules_reading.h"
#include "model/rules_sentences.h"

namespace doorstep {
namespace {

bool HasAnsweredCall(const Case& c, const Id& concern) {
  return AnyOf<v1::ConcernCall>(c, [&](const Record&, const v1::ConcernCall& call) {
    return call.concern() == concern.view() && call.answered();
  });
}

// Children who are members now: neither left nor died, and nobody's duplicate.
std::set<Id> ChildrenOf(const Case& c) {
  std::set<Id> children;
  AnyOf<v1::Person>(c, [&](const Record& record, const v1::Person& person) {
    bool child = person.role() == v1::Person::MEMBER_ROLE_CHILD && !person.has_left_on() &&
                 !person.has_died_on() && person.same_as().empty();
    if (child && !IsInError(c, record.id)) children.insert(record.id);
    return false;
  });
  return children;
}

}  // namespace

bool VisitWritten(const Case& c, const Taken& step) {
  std::optional<v1::Visit> visit = Read<v1::Visit>(c, step.record);
  if (!visit) return true;
  bool met = visit->outcome() == v1::Visit::OUTCOME_FACE_TO_FACE ||
             visit->outcome() == v1::Visit::OUTCOME_VIRTUAL;
  if (!met) return true;
  if (!visit->has_ended_at() || visit->account().empty()) return false;
  std::set<Id> unsaid = ChildrenOf(c);
  AnyOf<v1::ChildSeen>(c, [&](const Record& record, const v1::ChildSeen& seen) {
    if (seen.visit() != step.record.view() || IsInError(c, record.id)) return false;
    Id child = IdOrZero(seen.person());
    unsaid.erase(child);
    std::optional<v1::Person> person = Read<v1::Person>(c, child);
    if (person && !person->same_as().empty()) unsaid.erase(IdOrZero(person->same_as()));
    return false;
  });
  return unsaid.empty();
}

bool CancelledByWhom(const Case& c, const Taken& step) {
  std::optional<v1::Visit> visit = Read<v1::Visit>(c, step.record);
  return !visit || visit->outcome() == v1::Visit::OUTCOME_CANCELLED_BY_FAMILY ||
         visit->outcome() == v1::Visit::OUTCOME_CANCELLED_BY_SERVICE;
}

bool AcknowledgedByAnother(const Case& c, const Taken& step) {
  const Record* concern = c.after.Find(step.type, step.record);
  return concern->made_actor != c.changeset.actor || HasAnsweredCall(c, step.record);
}

bool AnsweredOrAdvice(const Case& c, const Taken& step) {
  std::optional<v1::Concern> concern = Read<v1::Concern>(c, step.record);
  return !concern || concern->level() == v1::Concern::LEVEL_ADVICE ||
         HasAnsweredCall(c, step.record);
}

}  // namespace doorstep
