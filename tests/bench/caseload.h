// What a key worker records of one caseload in some years: families with people, plans with goals
// and actions, and 24 visits a family a year. A visit is one save: an account of 300 to 1,500
// characters, what was measured and noticed, who was there, each child seen, and how far actions
// are; together about 2 kB of JSON. Every 24th visit is followed by a telephone call.
#ifndef DOORSTEP_TESTS_BENCH_CASELOAD_H_
#define DOORSTEP_TESTS_BENCH_CASELOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "google/protobuf/message.h"
#include "model/record_id.h"
#include "tests/bench/draw.h"
#include "tests/bench/prose.h"

namespace doorstep::bench {

inline constexpr int kVisitsAYear = 24;

struct Household {
  Id scope;  // once it is committed
  Id episode;
  std::vector<Id> people;
  std::vector<std::string> names;  // their given names
  std::vector<Id> children;        // of them
  std::vector<Id> actions;         // of its plans
};

class Caseload {
 public:
  Caseload(uint64_t seed, const Id& worker, int64_t first_day_ms);

  const Prose& prose() const { return prose_; }

  // The changeset that begins a family.
  v1::Edits MakeFamily(Household& household);
  // A supervisor's: the family's episode.
  v1::Edits MakeEpisode(Household& household);
  v1::Edits MakePlan(Household& household);
  struct Visit {
    v1::Edits edits;
    int64_t saved_ms = 0;
  };
  // The visit with this number in the family's story, from 0.
  Visit MakeVisit(const Household& household, int number);
  Visit MakeCall(const Household& household, int after_visit);

  // Of every record made so far, as JSON.
  uint64_t json_bytes() const { return json_bytes_; }
  // Visits made so far, and the JSON of their saves.
  uint64_t visits() const { return visits_; }
  uint64_t visit_json_bytes() const { return visit_json_bytes_; }

 private:
  Id MakeId();
  // Adds a record with every field that is set; a set of a UNION field element by element.
  void Add(v1::Edits& edits, const Id& id, const google::protobuf::Message& record);
  void AddChildren(v1::Edits& edits, const Household& household, const Id& visit);
  void AddProgress(v1::Edits& edits, const Household& household, const Id& visit, int64_t when_ms);
  std::string Observations(const Household& household);

  Draw draw_;
  Prose prose_;
  Id worker_;
  int64_t first_day_ms_;
  uint64_t json_bytes_ = 0, visits_ = 0, visit_json_bytes_ = 0;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_CASELOAD_H_
