// A family's records read as facts for the evaluator, and the authority's calendar. What is
// entered in error, superseded, or a duplicate's own is left out or counted for the person it is.
//
// Facts about persons (attendance, offences, benefits) are read from every episode of the family,
// so that nobody types them twice. What speaks in a rule-set's own numbers (needs, outcomes of
// needs, nominations, judgements) and what is decided for one episode (the local filter, the
// threshold of social work) is read from that episode alone. No RESTRICTED field is read.
#ifndef DOORSTEP_MODEL_PROGRAMME_FACTS_H_
#define DOORSTEP_MODEL_PROGRAMME_FACTS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "model/calendar.h"
#include "model/programme.h"
#include "model/record_id.h"
#include "model/state.h"

namespace doorstep {

// An episode and the rule-set that it pins for ever.
struct EpisodePin {
  Id id;
  Id programme;  // the activation
  uint32_t ruleset = 0;
  uint32_t version = 0;
  Day started = 0;
  std::optional<Day> attached;
  std::optional<Day> closed;
  std::optional<Day> extended_to;
  enum class State : uint8_t { kPending, kActive, kClosed, kCancelled, kUnknown };
  State state = State::kUnknown;
  uint64_t made_seq = 0;
};
// In the order they were made.
std::vector<EpisodePin> EpisodesOf(ScopeState& family);

// Records that an Addendum says were entered in error, and none reinstated since.
std::set<Id> EnteredInError(ScopeState& family);

// An evidence item that is no fact, and why, in words that name no value.
struct FactFault {
  Id item;
  std::string why;
};
struct FactsReading {
  Facts facts;  // persons by record id, ascending; items are record ids of EvidenceItems
  std::vector<FactFault> faults;
};
// `rules` is what the episode pins. What happened after `as_of` is left out where the day is known.
FactsReading ReadFacts(ScopeState& family, const EpisodePin& episode, const RuleSet& rules,
                       Day as_of);

struct AuthorityCalendar {
  TermCalendar terms;
  BankHolidays holidays;
};
AuthorityCalendar CalendarOf(ScopeState& directory);

// H over everything a verdict rests on, the same on every machine:
//   H(ST("doorstep/programme-inputs/v1", u32 code, u32 version, rule-set digest, u32 as_of, fact
//   …))
// facts ascending as bytes, equal ones kept; days as u32, `opt x` is u8 0, or u8 1 and x; a key is
// LP(record id); who is opt key, none for the family; num is what the rule-set numbers it, 0: none.
//   fact = u8  1 | u32 started | opt u32 attached | opt u32 closed
//        | u8  2 | key | u8 role | opt u32 born | opt u32 joined | opt u32 left | opt u32 due
//        | u8  3 | u32 need num | u8 present | u8 in_plan | opt u32 identified | u32 n | keys,
//        sorted | u8  4 | u32 measure | who | u32 day | u32 headline num | u8  5 | u32 measure |
//        who | u32 first | u32 last | u8  6 | u32 measure | who | u32 first | u32 last | u32 value
//        | u32 need num | u8  7 | who | u32 year | u32 term | u32 possible | u32 authorised | u32
//        unauthorised | u8  8 | who | u32 day | u32 value | u32 need num | u8  9 | u32 rule num |
//        who | u8 verdict              only the last of a rule and person | u8 10 | u8 has_plan |
//        u8 approved | u8 lead | u32 visits | opt u32 sustained
//                | u8 local_high_cost | opt u32 social_work_threshold
//        | u8 11 | u32 n | keys, sorted                         an assessment of the whole family
//        | u8 12 | u32 year | u32 term | u32 first | u32 last   of the term calendar
Hash32 InputsDigest(const RuleSet& rules, const Facts& facts, Day as_of,
                    const TermCalendar& calendar);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_FACTS_H_
