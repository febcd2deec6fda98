#include "shell/cli/practice_text.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "shell/cli/json.h"

namespace doorstep::shell {
namespace {

bool Says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

TEST_CASE("the worklist says what a filter leaves out") {
  v1::WorklistCounts counts;
  counts.set_families(3);
  counts.set_families_left_out(2);
  v1::WorklistCounts::Count* concerns = counts.add_lists();
  concerns->set_list(v1::WorkItem::CONCERNS);
  concerns->set_items(4);
  concerns->set_late(1);
  concerns->set_left_out(4);
  v1::WorklistCounts::Count* plans = counts.add_lists();
  plans->set_list(v1::WorkItem::PLANS);
  plans->set_items(1);
  v1::WorkItem item;
  item.set_list(v1::WorkItem::PLANS);
  item.set_words("A plan waits for your decision");
  item.set_next("Read the difference; approve or return it.");
  item.add_flags("own_work");
  const std::string text = WorklistText(counts, {item});
  CHECK(Says(text, "3 families looked at, 2 on this device left out"));
  CHECK(Says(text, "1 concerns: 4, 1 late, 4 not shown"));
  CHECK(Says(text, "5 plans to decide: 1\n"));
  CHECK(Says(text, "[own work]"));
  CHECK(Says(text, "→ Read the difference; approve or return it."));
  CHECK(Says(WorklistText({}, {}), "Nothing waits."));
}

TEST_CASE("the family page begins with what to beware of, and says how much of a list it shows") {
  v1::FamilyPage page;
  page.add_name("Example");
  page.set_lead_name("Ana");
  v1::AlertLine* dog = page.add_alerts();
  dog->set_kind("DANGEROUS_ANIMAL");
  dog->add_narrative("Loose\x1b[2J in the yard.");
  v1::PersonLine* person = page.add_people();
  person->set_name("Mia");
  person->add_where("address confidential: ask Ana");
  page.add_visits()->set_state("RECORDED");
  page.set_visits_in_all(30);
  page.set_folded_away(2);
  const std::string text = FamilyPageText(page);
  CHECK(text.find("! dangerous animal") < text.find("Who is who"));
  CHECK_FALSE(Says(text, "\x1b"));  // a record cannot steer the terminal
  CHECK(Says(text, "at: address confidential: ask Ana"));
  CHECK(Says(text, "Visits: 1 of 30"));
  CHECK(Says(text, "2 entered in error and left out above."));
}

TEST_CASE("an agreement to an earlier version says so") {
  v1::PlanPage page;
  v1::AgreementLine* mia = page.add_agreements();
  mia->set_person_name("Mia");
  mia->set_said("AGREED");
  mia->set_earlier_version(true);
  CHECK(Says(PlanAgreementText(page), "Mia: agreed to an earlier version"));
  mia->set_earlier_version(false);
  CHECK_FALSE(Says(PlanAgreementText(page), "earlier"));
}

TEST_CASE("a difference is marked word by word, and its values are JSON in JSON") {
  v1::PlanDifference difference;
  difference.set_before("12345678");
  difference.set_after("87654321");
  v1::PlanDifference::Change* change = difference.add_changes();
  change->mutable_record()->set_type_name("Goal");
  change->set_field("wording");
  change->add_before("\"before eight\"");
  change->add_after("\"before nine\"");
  for (auto [how, words] : {std::pair(v1::PlanDifference::SAME, "before "),
                            std::pair(v1::PlanDifference::REMOVED, "eight"),
                            std::pair(v1::PlanDifference::ADDED, "nine")}) {
    v1::PlanDifference::Words* piece = change->add_words();
    piece->set_how(how);
    piece->set_text(words);
  }
  CHECK(Says(DifferenceWordsText(difference), "before [-eight-]{+nine+}"));
  CHECK(ToJson(difference)["changes"][0]["before"][0] == "before eight");
  change->set_sealed(true);
  CHECK(Says(DifferenceWordsText(difference), "sealed words changed"));
}

TEST_CASE("what is not yet safe says that nothing is archived where there is no archive") {
  v1::SafetyCounts counts;
  counts.set_unsent(1);
  v1::UnsafeLine line;
  line.set_safety(v1::SAVED_ON_THIS_DEVICE);
  line.set_age_ms(3 * 3'600'000);
  line.set_held(true);
  const std::string text = NotYetSafeText(counts, {line});
  CHECK(Says(text, "1 saved on this device only"));
  CHECK(Says(text, "nothing is ever archived"));
  CHECK(Says(text, "3 h"));
  CHECK(Says(text, "saved on this device, held"));
  counts.set_has_archive(true);
  CHECK_FALSE(Says(NotYetSafeText(counts, {}), "archive:"));
}

}  // namespace
}  // namespace doorstep::shell
