#include "model/version.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "model/digest.h"
#include "model/word_diff.h"
#include "tests/model/home.h"

namespace doorstep {
namespace {

using Words = google::protobuf::RepeatedPtrField<v1::PlanDifference::Words>;

std::string Without(const Words& words, v1::PlanDifference::How how) {
  std::string text;
  for (const v1::PlanDifference::Words& piece : words) {
    if (piece.how() != how) text += piece.text();
  }
  return text;
}

std::string Marked(const Words& words) {
  std::string text;
  for (const v1::PlanDifference::Words& piece : words) {
    text += piece.how() == v1::PlanDifference::ADDED     ? "{+" + piece.text() + "+}"
            : piece.how() == v1::PlanDifference::REMOVED ? "[-" + piece.text() + "-]"
                                                         : piece.text();
  }
  return text;
}

std::string Difference(const std::string& before, const std::string& after) {
  Words words;
  AddWordDifference(before, after, &words);
  CHECK(Without(words, v1::PlanDifference::ADDED) == before);
  CHECK(Without(words, v1::PlanDifference::REMOVED) == after);
  return Marked(words);
}

}  // namespace

TEST_CASE("a difference is told word by word and loses nothing of either text") {
  CHECK(Difference("Ada walks to school.", "Ada runs to school.") ==
        "Ada [-walks -]{+runs +}to school.");
  CHECK(Difference("", "Ada") == "{+Ada+}");
  CHECK(Difference("Ada", "") == "[-Ada-]");
  CHECK(Difference("Ada", "Ada") == "Ada");
  CHECK(Difference("Siân\nand  Zoë", "Siân\nand Zoë") == "Siân\n[-and  -]{+and +}Zoë");
  CHECK(Difference("Every day.", "Every school day, and Sunday.") ==
        "Every {+school +}day{+, and Sunday+}.");
}

TEST_CASE("texts of the greatest size are compared at once, however unlike") {
  std::string before, after;
  for (int i = 0; i < 6'000; ++i) {
    before += "a" + std::to_string(i) + " ";
    after += "b" + std::to_string(i) + " ";
  }
  CHECK(Difference(before, after) == "[-" + before + "-]{+" + after + "+}");
  CHECK(Difference(before, before + "end") == before + "{+end+}");
}

TEST_CASE("versions differ by record, field and word; what is sealed only says that it changed") {
  Home home;
  v1::Plan plan;
  plan.set_state(v1::Plan::STATE_OPEN);
  plan.set_aim("School every day.");
  plan.set_safety_plan("sealed bytes");
  const Id id = home.Make(home.ana, plan);
  const RecordType& type = *Catalog::Get().Find("Plan");
  auto content = [&] {
    return ContentOf(Catalog::Get(), CoveredBy(Catalog::Get(), home.state(), type.number, id));
  };
  const VersionContent before = content();
  v1::Plan words;
  words.set_aim("School and club every day.");
  words.set_safety_plan("other bytes");
  home.Write(home.ana, id, words);
  v1::Goal goal;
  goal.set_plan(id.str());
  goal.set_wording("Breakfast");
  goal.set_state(v1::Goal::STATE_ACTIVE);
  const Id goal_id = home.Make(home.ana, goal);
  v1::PlanDifference difference;
  AddDifference(Catalog::Get(), before, content(), difference);
  REQUIRE(difference.changes_size() == 5);  // aim, safety plan; plan, wording and state of the goal
  CHECK(difference.changes(0).field() == "aim");
  CHECK(difference.changes(0).record_how() == v1::PlanDifference::SAME);
  CHECK(Marked(difference.changes(0).words()) == "School {+and club +}every day.");
  CHECK(difference.changes(1).field() == "safety_plan");
  CHECK(difference.changes(1).sealed());
  CHECK(difference.changes(1).after_size() == 0);
  CHECK(difference.changes(2).record().id() == goal_id.str());
  CHECK(difference.changes(2).record_how() == v1::PlanDifference::ADDED);
  v1::PlanDifference back;
  AddDifference(Catalog::Get(), content(), before, back);
  CHECK(back.changes(2).record_how() == v1::PlanDifference::REMOVED);
  v1::PlanDifference none;
  AddDifference(Catalog::Get(), before, before, none);
  CHECK(none.changes_size() == 0);
}

TEST_CASE("what belongs to a version follows from the catalog") {
  std::vector<std::string> names;
  for (uint32_t type : TypesCovered(Catalog::Get(), Catalog::Get().Find("Plan")->number)) {
    names.push_back(Catalog::Get().Find(type)->name);
  }
  CHECK(names == std::vector<std::string>{"Plan", "Goal", "Action", "Attachment"});
}

}  // namespace doorstep
