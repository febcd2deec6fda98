// The measures, in the order in which the work comes about: what one leaves behind is what the next
// begins with.
#ifndef DOORSTEP_TESTS_BENCH_MEASURES_H_
#define DOORSTEP_TESTS_BENCH_MEASURES_H_

#include <string>
#include <vector>

#include "tests/bench/caseload.h"
#include "tests/bench/contact.h"
#include "tests/bench/council.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

struct Size {
  int families = 60;
  int years = 3;
  int visits() const { return years * kVisitsAYear; }  // of one family
};

// A council with families and episodes that the office has received, and that the worker carries.
struct Scene {
  Scene(const std::string& parent, const Size& size, Council::Road road = Council::Road::kCalls);

  Council council;
  Caseload caseload;
  std::vector<Household> households;
};

// Saves an edit as of `when_ms`; asserts that it may take effect.
v1::Committed Save(Device& device, const v1::Edits& edits, int64_t when_ms);
// Every visit of every family in the order of days, numbers `first` to `last` - 1, and the calls
// between them. `save` is given each.
void RecordVisits(Scene& scene, int first, int last,
                  absl::FunctionRef<void(const Caseload::Visit&)> save);

// save: plans, visits and calls of all the years, against bare durable inserts of the same bytes.
void MeasureSaves(Scene& scene, const Size& size, Figures& figures);
// push, back: the years handed in, and seen again in the log that is pulled; against verifying
// their signatures alone.
void MeasurePush(Scene& scene, Figures& figures);
// pull: all of it on a device that had nothing; against verifying its signatures alone.
void MeasurePull(Scene& scene, Figures& figures);
// open: from a closed file to the first screen.
void MeasureOpening(Scene& scene, Figures& figures);
// read: what screens ask.
void MeasureReading(Scene& scene, Figures& figures);
// change: one edit, from the save on one device to the screen of another.
void MeasureChange(Scene& scene, Figures& figures);
// grpc: the years handed in, seen again and pulled by the newcomer over gRPC and TLS on loopback.
void MeasureGrpc(const std::string& parent, const Size& size, Figures& figures);
// quiet: a contact with nothing new, of 20 families and again with ten times the history.
void MeasureQuiet(const std::string& parent, Figures& figures);

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_MEASURES_H_
