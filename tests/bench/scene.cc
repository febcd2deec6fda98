#include <cassert>

#include "tests/bench/measures.h"

namespace doorstep::bench {
namespace {

constexpr uint64_t kSeed = 20;
constexpr int64_t kHourMs = 3'600'000;

}  // namespace

v1::Committed Save(Device& device, const v1::Edits& edits, int64_t when_ms) {
  device.clock().now_ms = std::max(device.clock().now_ms, when_ms);
  absl::StatusOr<v1::Committed> committed = device.client().Commit(edits);
  assert(committed.ok());
  assert(committed->expected() == v1::APPLIED);
  return *std::move(committed);
}

Scene::Scene(const std::string& parent, const Size& size, Council::Road road)
    : council(parent, road),
      caseload(kSeed, council.worker.client().user(), council.clock.now_ms),
      households(static_cast<size_t>(size.families)) {
  for (Household& household : households) {
    const v1::Edits edits = caseload.MakeFamily(household);
    const v1::Committed begun = Save(council.worker, edits, council.clock.now_ms);
    household.scope = *Id::FromBytes(begun.scope());
  }
  RunContact(council.worker, *council.office);
  RunContact(council.supervisor, *council.office);
  for (Household& household : households) {
    Save(council.supervisor, caseload.MakeEpisode(household), council.clock.now_ms + kHourMs);
  }
  RunContact(council.supervisor, *council.office);
  RunContact(council.worker, *council.office);
}

void RecordVisits(Scene& scene, int first, int last,
                  absl::FunctionRef<void(const Caseload::Visit&)> save) {
  constexpr int kVisitsACall = 24;
  for (int number = first; number < last; ++number) {
    for (const Household& household : scene.households) {
      save(scene.caseload.MakeVisit(household, number));
      if (number % kVisitsACall == kVisitsACall - 1) {
        save(scene.caseload.MakeCall(household, number));
      }
    }
  }
}

}  // namespace doorstep::bench
