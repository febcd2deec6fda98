// Everything that can be wrong in a rule-set is told with line, key and what was expected. Each row
// plants one mistake in a sound file.
#include "model/ruleset_yaml.h"

#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "model/ruleset_library.h"
#include "model/shipped_rulesets.h"

namespace doorstep {
namespace {

constexpr std::string_view kSound = R"yaml(format: doorstep-ruleset/1
key: ours
code: 9001
version: 1
title: Ours
authority: Exampleshire
phase: X1
effective: {from: 2024-01-01, to: 2024-12-31}
names: {key_worker: a, co_worker: b, supervisor: c, programme_officer: d, family: e,
        plan: f, assessment: g, meeting: h, success: i, episode: j}
headlines:
  - {num: 1, id: school, title: School}
  - {num: 2, id: health, title: Health}
needs:
  - {num: 11, id: school.away, title: Away, confidence: found, source: us}
  - {num: 21, id: health.mind, title: Mind, confidence: found, source: us}
rules:
  - {id: E-ONE, num: 101, kind: eligibility, headline: school, subject: any_child,
     filter: [school_age], measure: attendance_rate, op: "<", threshold: 0.900,
     window: {kind: last_terms, terms: 1}, exempt_by: [educated_otherwise], evidence: [school],
     confidence: found, source: us}
  - {id: E-TWO, num: 102, kind: eligibility, subject: family, measure: offence, op: ">=",
     threshold: 1, window: {kind: last_days, days: 90}, evidence: [police], confidence: found,
     source: us}
  - {id: R-ONE, num: 201, kind: result, subject: family, measure: offence,
     op: reduced_by_at_least, threshold: 0.5, window: {kind: last_days, days: 90},
     baseline: {kind: preceding_equal_window}, evidence: [police], confidence: found, source: us}
  - {id: R-TWO, num: 202, kind: result, subject: any_adult, measure: employed,
     op: sustained_for, window: {kind: by_benefit}, table: {JSA: {weeks: 26, of_weeks: 30}},
     evidence: [dwp], confidence: found, source: us}
  - {id: C-ONE, num: 301, kind: condition, subject: episode, measure: needs_count, op: ">=",
     threshold: 3, evidence: [case_record], confidence: found, source: us}
gates:
  - {id: G, num: 401, expr: "E-ONE or E-TWO", confidence: found, source: us}
  - {id: ELIGIBLE, num: 402, expr: "G and C-ONE and not need(school.away)", confidence: found,
     source: us, advice: [{verdict: unknown, do: gather_evidence}]}
  - {id: SUCCESS, num: 403, expr: "any(R-ONE, R-TWO)", confidence: found, source: us}
routes:
  - {id: WAY, num: 1, gate: SUCCESS, counts_as_success: true}
funding:
  - {from: 2024-01-01, to: 2024-06-30, mode: payment_by_results}
  - {from: 2024-07-01, to: null, mode: grant, upfront_pence: 100}
payment:
  currency: GBP
  results:
    - {route: WAY, attached_from: 2024-01-01, attached_to: null, pence: 80000}
  funded_families: {paid: 5, of: 6}
timescales:
  - {id: T, num: 501, step: visit_made, start: last_visit_or_episode_started, limit: {count: 20,
     unit: days}, warn: {count: 15, unit: days}}
)yaml";

std::string With(std::string_view from, std::string_view to) {
  std::string text(kSound);
  size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string FaultsOf(const std::string& text) {
  RuleSetReading reading = ReadRuleSet("ours.yaml", text);
  CHECK(reading.rule_set.has_value() == reading.faults.empty());
  std::string all;
  for (const FileFault& fault : reading.faults) all += FaultText(fault) + "\n";
  return all;
}

TEST_CASE("a sound file is read whole") {
  RuleSetReading reading = ReadRuleSet("ours.yaml", kSound);
  for (const FileFault& fault : reading.faults) FAIL_CHECK(FaultText(fault));
  REQUIRE(reading.rule_set.has_value());
  const RuleSet& rules = *reading.rule_set;
  CHECK(rules.rules[0].threshold == 900);
  CHECK(rules.rules[1].threshold == 1000);
  CHECK(rules.rules[2].threshold == 500);
  CHECK(rules.gate_order.size() == 3);
  CHECK(rules.effective.last == DayOf(2024, 12, 31));
  CHECK(rules.TakesAttachmentOn(DayOf(2024, 12, 31)));
  CHECK_FALSE(rules.TakesAttachmentOn(DayOf(2025, 1, 1)));
  CHECK(rules.digest == RuleSetDigest(kSound));
}

TEST_CASE("each mistake is told where it stands") {
  struct Row {
    std::string_view from, to, told;
  };
  for (const Row& row : {
           Row{"doorstep-ruleset/1", "doorstep-ruleset/2", ":1: format: expected doorstep-ruleset"},
           Row{"key: ours", "key: Ours", ":2: key: "},
           Row{"code: 9001", "code: 0", ":3: code: "},
           Row{"version: 1", "version: 1.0", ":4: version: "},
           Row{"version: 1", "versoin: 1", ":4: versoin: expected no such key"},
           Row{"version: 1\n", "", ":1: version: expected this key"},
           Row{"from: 2024-01-01, to: 2024-12-31", "from: 2024-01-01, to: 2023-12-31", ":8: "},
           Row{"2024-12-31", "2024-02-30", ":8: effective.to: expected a date"},
           Row{"episode: j", "episod: j", ":9: names.episod"},
           Row{"id: health, title", "id: health.x, title", "headlines[health.x].id"},
           Row{"num: 2, id: health", "num: 1, id: health", "headlines[health].num"},
           Row{"id: health.mind", "id: wealth.mind", "needs[wealth.mind].id"},
           Row{"num: 21, id: health.mind", "num: 11, id: health.mind", "needs[health.mind].num"},
           Row{"id: E-ONE,", "id: e-one,", "rules[e-one].id"},
           Row{"id: E-TWO, num: 102", "id: E-ONE, num: 102", "rules[E-ONE].id"},
           Row{"num: 102", "num: 101", "rules[E-TWO].num"},
           Row{"kind: eligibility, headline", "kind: eligible, headline", "rules[E-ONE].kind"},
           Row{"headline: school, subject", "headline: home, subject", "rules[E-ONE].headline"},
           Row{"subject: any_child", "subject: some_child", "rules[E-ONE].subject"},
           Row{"subject: any_child", "subject: family", "rules[E-ONE].subject"},
           Row{"subject: episode", "subject: family", "rules[C-ONE].subject"},
           Row{"filter: [school_age]", "filter: [schoolage]", "rules[E-ONE].filter[0]"},
           Row{"filter: [school_age]", "filter: school_age",
               "rules[E-ONE].filter: expected a list"},
           Row{"measure: attendance_rate", "measure: attendance", "rules[E-ONE].measure"},
           Row{"op: \"<\"", "op: \"==\"", "rules[E-ONE].op"},
           Row{"threshold: 0.900", "threshold: 0.9001", "rules[E-ONE].threshold"},
           Row{"threshold: 0.900", "threshold: 90", "rules[E-ONE].threshold: expected a share"},
           Row{"threshold: 0.900", "threshold: 9e-1", "rules[E-ONE].threshold"},
           Row{"threshold: 0.900,", "", "rules[E-ONE].threshold: expected this key"},
           Row{"kind: last_terms, terms: 1", "kind: last_days, days: 9", "rules[E-ONE].window"},
           Row{"kind: last_terms, terms: 1", "kind: last_terms, terms: 0", "window.terms"},
           Row{"{kind: last_days, days: 90}", "{kind: ever}", "rules[E-TWO].window"},
           Row{"{kind: last_days, days: 90}", "{kind: last_days, day: 90}", "window.day:"},
           Row{"exempt_by: [educated_otherwise]", "exempt_by: [offence]", "rules[E-ONE].exempt_by"},
           Row{"evidence: [school]", "evidence: [scool]", "rules[E-ONE].evidence"},
           Row{"evidence: [school]", "evidence: []", "rules[E-ONE].evidence"},
           Row{"confidence: found, source: us}\n  - {id: E-TWO", "source: us}\n  - {id: E-TWO",
               "rules[E-ONE].confidence"},
           Row{"baseline: {kind: preceding_equal_window}, ", "", "rules[R-ONE].baseline"},
           Row{"{kind: preceding_equal_window}", "{kind: at_start}", "rules[R-ONE].baseline"},
           Row{"window: {kind: by_benefit}", "window: {kind: at_date}", "rules[R-TWO].table"},
           Row{"table: {JSA: {weeks: 26, of_weeks: 30}},", "", "rules[R-TWO].window"},
           Row{"{weeks: 26, of_weeks: 30}", "{weeks: 31, of_weeks: 30}", "table.JSA.weeks"},
           Row{"JSA:", "NONE:", "rules[R-TWO].table.NONE"},
           Row{"E-ONE or E-TWO", "E-ONE or", "gates[G].expr: expected an expression; at"},
           Row{"E-ONE or E-TWO", "E-ONE or E-TEN", "gates[G].expr: expected a rule or gate"},
           Row{"E-ONE or E-TWO", "SUCCESS or ELIGIBLE", "leads back to itself"},
           Row{"need(school.away)", "need(school.late)", "gates[ELIGIBLE].expr: expected a need"},
           Row{"id: G,", "id: E-ONE,", "gates[E-ONE].id"},
           Row{"id: SUCCESS", "id: DONE", "gates: expected a gate SUCCESS"},
           Row{"do: gather_evidence", "do: worry", "advice[0].do"},
           Row{"gate: SUCCESS", "gate: DONE", "routes[WAY].gate"},
           Row{"counts_as_success: true", "counts_as_success: yes", "routes[WAY].counts_as_succ"},
           Row{"from: 2024-07-01", "from: 2024-06-30", "funding[1].from"},
           Row{"mode: grant", "mode: gift", "funding[1].mode"},
           Row{"currency: GBP", "currency: EUR", "payment.currency"},
           Row{"route: WAY", "route: WAX", "payment.results[0].route"},
           Row{"pence: 80000", "pence: 800.00", "payment.results[0].pence"},
           Row{"paid: 5, of: 6", "paid: 7, of: 6", "payment.funded_families.paid"},
           Row{"unit: days}, warn", "unit: hours}, warn", "timescales[T].warn"},
           Row{"step: visit_made", "step: visits", "timescales[T].step"},
       }) {
    CAPTURE(row.from, row.to);
    std::string told = FaultsOf(With(row.from, row.to));
    CAPTURE(told);
    CHECK(told.find(row.told) != std::string::npos);
  }
}

TEST_CASE("one reading finds every mistake, in the order of the lines") {
  std::string text = With("code: 9001", "code: x");
  text.replace(text.find("pence: 80000"), 12, "pence: -1   ");
  std::string told = FaultsOf(text);
  CAPTURE(told);
  CHECK(told.find("code") < told.find("pence"));
  CHECK(told.find("pence") != std::string::npos);
}

TEST_CASE("YAML beyond the narrow kind is refused by line") {
  struct Row {
    std::string_view from, to, told;
  };
  for (const Row& row : {Row{"title: Ours", "title: &a Ours", ":5: expected no anchor"},
                         Row{"title: Ours", "title: !!str Ours", ":5: expected no tag"},
                         Row{"title: Ours", "title: |\n  Ours", ":5: expected a plain or quoted"},
                         Row{"title: Ours", "title: >\n  Ours", ":5: expected a plain or quoted"},
                         Row{"title: Ours", "yes: Ours", ":5: expected a key that no reader"},
                         Row{"title: Ours", "code: 7", ":5: expected the key 'code' once"},
                         Row{"title: Ours", "title: Ours\n---\na: b", "expected one document"},
                         Row{"title: Ours", "title: [Ours", "expected YAML"},
                         Row{"title: Ours", "title: \x01", "expected UTF-8 text"},
                         Row{"title: Ours", "? [a, b]\n: c", "expected a key that is text"}}) {
    CAPTURE(row.to);
    std::string told = FaultsOf(With(row.from, row.to));
    CAPTURE(told);
    CHECK(told.find(row.told) != std::string::npos);
  }
  std::string deep = "a: ";
  for (int i = 0; i < 400; ++i) deep += "[";
  CHECK_FALSE(FaultsOf(deep).empty());
  CHECK(FaultsOf(std::string(kYamlBytesMax + 1, ' ')).find("at most") != std::string::npos);
  CHECK_FALSE(FaultsOf("").empty());
}

TEST_CASE("a file written on Windows is the same file") {
  std::string text(kSound);
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.insert(at, "\r");
  }
  CHECK(FaultsOf(text).empty());
}

TEST_CASE("what ships can be used, and is named after its key") {
  RuleSetLibrary library;
  for (const ShippedRuleSet& shipped : ShippedRuleSets()) {
    for (const FileFault& fault : library.Add(shipped.file, shipped.text, NamedAs::kFile)) {
      FAIL_CHECK(FaultText(fault));
    }
  }
  CHECK(library.All().size() == ShippedRuleSets().size());
  CHECK(library.Newest(102u) == library.Find(102, 1));
  CHECK(library.Newest("knowsley-stronger-tf1")->code == 201);
  CHECK(library.Find(102, 2) == nullptr);
}

TEST_CASE("a library holds each code, key and shared rule once") {
  RuleSetLibrary library;
  REQUIRE(library.Add("ours.yaml", kSound, NamedAs::kFile).empty());
  auto told = [&](std::string_view file, const std::string& text, NamedAs named) {
    std::string all;
    for (const FileFault& fault : library.Add(file, text, named)) all += FaultText(fault) + "\n";
    return all;
  };
  CHECK(told("ours.yaml", std::string(kSound), NamedAs::kFile).find("version") !=
        std::string::npos);
  std::string second = With("version: 1", "version: 2");
  CHECK(told("mine.yaml", second, NamedAs::kFile).find("called ours.yaml") != std::string::npos);
  CHECK(told("previous/ours@2.yaml", second, NamedAs::kFile).empty());
  CHECK(library.Newest(9001u)->version == 2);
  CHECK(told("x", With("key: ours", "key: theirs"), NamedAs::kText).find("code") !=
        std::string::npos);
  std::string theirs = With("key: ours\ncode: 9001", "key: theirs\ncode: 9002");
  std::string changed = theirs;
  changed.replace(changed.find("threshold: 0.900"), 16, "threshold: 0.850");
  CHECK(told("x", changed, NamedAs::kText).find("rules[E-ONE]") != std::string::npos);
  changed.replace(changed.find("phase: X1"), 9, "phase: X2");
  CHECK(told("x", changed, NamedAs::kText).empty());
}

}  // namespace
}  // namespace doorstep
