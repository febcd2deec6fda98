#include "sync-server/office/office.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "model/limits.h"
#include "sync-server/access/restore_gate.h"
#include "sync-server/office/find.h"
#include "sync-server/office/looked.h"
#include "sync-server/office/records.h"
#include "sync-server/office/sight.h"

namespace doorstep::server {
namespace {

using Who = v1::RecordRule;
using Question = v1::OfficeRequest;

// Which roles may ask a question at all; places in families come after.
Letters AskersOf(Question::QuestionCase question) {
  const auto of = [](std::initializer_list<Who::Who> roles) {
    Letters letters = 0;
    for (const Who::Who who : roles) letters |= LetterBit(who);
    return letters;
  };
  switch (question) {
    case Question::kFind:
      return of({Who::DUTY, Who::R, Who::S, Who::P, Who::U});
    case Question::kTeam:
      return of({Who::S});
    case Question::kFamily:
      return of({Who::P, Who::U, Who::R, Who::S});
    case Question::kKnown:
      return of({Who::K, Who::S});
    case Question::kLooked:
    case Question::kJournal:
      return of({Who::U, Who::R});
    case Question::kHeads:
      return of({Who::U});
    case Question::QUESTION_NOT_SET:
      break;
  }
  return 0;
}

OfficeAct ActOf(Question::QuestionCase question) {
  switch (question) {
    case Question::kTeam:
      return OfficeAct::kListed;
    case Question::kFamily:
      return OfficeAct::kShown;
    case Question::kKnown:
      return OfficeAct::kCompared;
    case Question::kLooked:
      return OfficeAct::kAsked;
    default:
      return OfficeAct::kFound;
  }
}

class Answering {
 public:
  Answering(const Asking& asking, const Question& request) : asking_(asking), request_(request) {}

  absl::StatusOr<OfficeOutcome> Answer() {
    absl::StatusOr<Refusal> refusal = Dispatch();
    if (!refusal.ok()) return refusal.status();
    OfficeOutcome outcome;
    outcome.refusal = *refusal;
    if (outcome.refusal != Refusal::kNone) return outcome;
    outcome.answer = std::move(answer_);
    outcome.answer.set_server_ms(asking_.now_ms);
    for (const Id& family : told_) {
      outcome.told.push_back({family, asking_.caller.device, asking_.caller.user, asking_.now_ms,
                              ActOf(request_.question_case())});
    }
    return outcome;
  }

 private:
  absl::StatusOr<Refusal> Dispatch() {
    switch (request_.question_case()) {
      case Question::kFind:
        return Find();
      case Question::kTeam:
        return Unless(Refusal::kMalformed, ListTeam(asking_, request_.after(), answer_, told_));
      case Question::kFamily:
        return Family();
      case Question::kKnown:
        return Known();
      case Question::kLooked:
        return Looked();
      case Question::kJournal:
        return Journal();
      case Question::kHeads:
        return Unless(Refusal::kMalformed, ListHeads(asking_, request_.after(), answer_));
      case Question::QUESTION_NOT_SET:
        break;
    }
    return Refusal::kMalformed;
  }

  static absl::StatusOr<Refusal> Unless(Refusal refusal, const absl::StatusOr<bool>& done) {
    if (!done.ok()) return done.status();
    return *done ? Refusal::kNone : refusal;
  }

  absl::StatusOr<Refusal> Find() {
    if (!request_.find().family().empty()) {
      const std::optional<Id> id = Id::FromBytes(request_.find().family());
      if (!id) return Refusal::kMalformed;
      absl::Status found = FindById(asking_, *id, answer_, told_);
      if (!found.ok()) return found;
      return Refusal::kNone;
    }
    Identity asked;
    if (!ReadSearch(request_.find(), asked)) return Refusal::kMalformed;
    absl::Status found = FindFamilies(asking_, asked, answer_, told_);
    if (!found.ok()) return found;
    return Refusal::kNone;
  }

  absl::StatusOr<Refusal> Family() {
    const std::optional<Id> id = Id::FromBytes(request_.family().family());
    if (!id) return Refusal::kMalformed;
    const absl::StatusOr<std::set<Id>> near = FamiliesNear(asking_);
    if (!near.ok()) return near.status();
    if (!near->contains(*id)) return Refusal::kNotFound;
    ScopeState family(*id, &asking_.view);
    const std::optional<Sight> sight = SightOf(asking_, family);
    const Letters readers = sight ? ReadersIn(*sight) : 0;
    if (!family.status().ok()) return family.status();
    if (readers == 0) return Refusal::kNotFound;
    if (!ShowFamily(family, readers, request_.after(), answer_)) return Refusal::kMalformed;
    if (!family.status().ok()) return family.status();
    told_.insert(*id);
    return Refusal::kNone;
  }

  absl::StatusOr<Refusal> Known() {
    const std::optional<Id> id = Id::FromBytes(request_.known().family());
    if (!id) return Refusal::kMalformed;
    return Unless(Refusal::kNotFound, FindKnown(asking_, *id, answer_, told_));
  }

  absl::StatusOr<Refusal> Looked() {
    const std::optional<Id> id = Id::FromBytes(request_.looked().family());
    if (!id) return Refusal::kMalformed;
    const absl::StatusOr<bool> done = WhoLooked(asking_, *id, request_.after(), answer_);
    if (done.ok() && *done && answer_.looked_size() > 0) told_.insert(*id);
    return Unless(Refusal::kMalformed, done);
  }

  absl::StatusOr<Refusal> Journal() {
    const std::optional<Id> id = Id::FromBytes(request_.journal().device());
    if (!id) return Refusal::kMalformed;
    // Nothing but a device has a journal: a family is asked for in other words.
    if (!asking_.directory.FindDevice(*id, asking_.at)) return Refusal::kNotFound;
    return Unless(Refusal::kMalformed, ShowJournal(asking_, *id, request_.after(), answer_));
  }

  const Asking asking_;
  const Question& request_;
  v1::OfficeAnswer answer_;
  std::set<Id> told_;
};

}  // namespace

absl::StatusOr<OfficeOutcome> AskOffice(const ReadView& view, const Directory& directory,
                                        uint64_t at, const Id& device, int64_t now_ms,
                                        const v1::OfficeRequest& request) {
  OfficeOutcome refused;
  const std::optional<OfficeCaller> caller = CallerOf(directory, at, device);
  if (!caller || (caller->roles & AskersOf(request.question_case())) == 0) {
    const bool nothing = request.question_case() == Question::QUESTION_NOT_SET;
    refused.refusal = caller && nothing ? Refusal::kMalformed : Refusal::kDenied;
    return refused;
  }
  if (request.protocol() > kProtocol) {
    refused.refusal = Refusal::kNewer;
    return refused;
  }
  const absl::StatusOr<Gate> gate = GateOf(view);
  if (!gate.ok()) return gate.status();
  if (*gate == Gate::kWaiting) {
    refused.refusal = Refusal::kNotYet;
    return refused;
  }
  return Answering({view, directory, at, now_ms, *caller}, request).Answer();
}

}  // namespace doorstep::server
