// open, read.
#include <cassert>

#include "absl/functional/function_ref.h"
#include "tests/bench/measures.h"
#include "tests/bench/progress.h"
#include "tests/bench/stopwatch.h"

namespace doorstep::bench {
namespace {

constexpr int kOpenings = 15;
constexpr int kQuestions = 40;

std::vector<v1::Answer> Ask(Device& device, const v1::Query& query) {
  absl::StatusOr<std::vector<v1::Answer>> answers = device.client().Ask(query);
  assert(answers.ok());
  assert(!answers->empty());
  return *std::move(answers);
}

v1::Query FamiliesQuery() {
  v1::Query query;
  query.mutable_families();
  return query;
}

// `ask` with numbers from 0; each counts.
void AddReading(const std::string& name, Figures& figures, absl::FunctionRef<void(size_t)> ask) {
  std::vector<double> times;
  for (size_t i = 0; i < kQuestions; ++i) {
    Stopwatch watch;
    ask(i);
    times.push_back(watch.WallMs());
  }
  figures.Add("read/" + name + "_p50", Percentile(times, 50), "ms");
  figures.Add("read/" + name + "_p99", Percentile(times, 99), "ms");
}

}  // namespace

void MeasureOpening(Scene& scene, Figures& figures) {
  const Progress progress("open");
  Device& device = scene.council.newcomer;
  std::vector<double> opened, shown;
  for (int i = 0; i < kOpenings; ++i) {
    device.Close();
    Stopwatch watch;
    device.Open();
    opened.push_back(watch.WallMs());
    const size_t families = Ask(device, FamiliesQuery()).size();
    shown.push_back(watch.WallMs());
    assert(families == scene.households.size());
  }
  figures.Add("open/p50", Percentile(opened, 50), "ms", AtMost(30));
  figures.Add("open/p99", Percentile(opened, 99), "ms");
  figures.Add("open/families_shown_p50", Percentile(shown, 50), "ms");
}

void MeasureReading(Scene& scene, Figures& figures) {
  const Progress progress("read");
  Device& device = scene.council.newcomer;
  device.Reopen();
  auto household = [&](size_t i) -> const Household& {
    return scene.households[i % scene.households.size()];
  };
  AddReading("families", figures, [&](size_t) { Ask(device, FamiliesQuery()); });
  size_t story_records = 0;
  AddReading("story", figures, [&](size_t i) {
    v1::Query query;
    query.mutable_story()->set_scope(household(i).scope.str());
    story_records += Ask(device, query).size();
  });
  figures.Add("read/story_records", static_cast<double>(story_records) / kQuestions, "");
  AddReading("visits_of_family", figures, [&](size_t i) {
    v1::Query query;
    query.mutable_records()->set_type_name("Visit");
    query.mutable_records()->set_scope(household(i).scope.str());
    query.mutable_records()->set_order_by("planned_at");
    query.mutable_records()->set_descending(true);
    query.set_limit(50);
    Ask(device, query);
  });
  AddReading("visits_of_all", figures, [&](size_t) {
    v1::Query query;
    query.mutable_records()->set_type_name("Visit");
    query.mutable_records()->set_order_by("planned_at");
    query.mutable_records()->set_descending(true);
    query.set_limit(50);
    Ask(device, query);
  });
  AddReading("family_page", figures, [&](size_t i) {
    v1::Query query;
    query.mutable_family_page()->set_scope(household(i).scope.str());
    Ask(device, query);
  });
  AddReading("worklist", figures, [&](size_t) {
    v1::Query query;
    query.mutable_worklist();
    Ask(device, query);
  });
  AddReading("today", figures, [&](size_t) {
    v1::Query query;
    query.mutable_today();
    Ask(device, query);
  });
  AddReading("not_yet_safe", figures, [&](size_t) {
    v1::Query query;
    query.mutable_not_yet_safe();
    Ask(device, query);
  });
  size_t hits = 0;
  AddReading("search", figures, [&](size_t i) {
    v1::SearchRequest request;
    request.set_words(scene.caseload.prose().Word(i) + " " + scene.caseload.prose().Word(i + 40));
    absl::StatusOr<std::vector<v1::Answer>> answers = device.client().Search(request);
    assert(answers.ok());
    hits += answers->size();
  });
  assert(hits > 0);
  figures.Add("read/search_hits", static_cast<double>(hits) / kQuestions, "");
  AddReading("person", figures, [&](size_t i) {
    const RecordType* person = Catalog::Get().Find("Person");
    assert(device.client().Get(person->number, household(i).people.front()).ok());
  });
  AddReading("attention", figures, [&](size_t) { assert(device.client().ListAttention().ok()); });
  AddReading("status", figures, [&](size_t) { device.client().GetStatus(); });
}

}  // namespace doorstep::bench
