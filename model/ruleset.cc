#include "model/ruleset.h"

#include <algorithm>

#include "crypto/primitives.h"

namespace doorstep {
namespace {

template <typename T>
int IndexOf(const std::vector<T>& list, std::string_view id) {
  auto found = std::find_if(list.begin(), list.end(), [&](const T& item) { return item.id == id; });
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}
template <typename T>
int IndexOfNum(const std::vector<T>& list, uint32_t num) {
  auto found =
      std::find_if(list.begin(), list.end(), [&](const T& item) { return item.num == num; });
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}

std::string_view HeadlineId(const RuleSet& rules, int headline) {
  return headline < 0 ? std::string_view() : rules.headlines[static_cast<size_t>(headline)].id;
}
std::string_view NeedId(const RuleSet& rules, int need) {
  return need < 0 ? std::string_view() : rules.needs[static_cast<size_t>(need)].id;
}

bool SameTable(const std::map<int32_t, WorkSpell>& a, const std::map<int32_t, WorkSpell>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.weeks == y.second.weeks &&
           x.second.of_weeks == y.second.of_weeks;
  });
}

bool SameRule(const RuleSet& in_a, const Rule& a, const RuleSet& in_b, const Rule& b) {
  return a.num == b.num && a.kind == b.kind &&
         HeadlineId(in_a, a.headline) == HeadlineId(in_b, b.headline) &&
         NeedId(in_a, a.need) == NeedId(in_b, b.need) && a.subject == b.subject &&
         a.filters == b.filters && a.measure == b.measure && a.op == b.op &&
         a.threshold == b.threshold && a.codes == b.codes && a.window.kind == b.window.kind &&
         a.window.count == b.window.count && a.baseline.kind == b.baseline.kind &&
         a.baseline.count == b.baseline.count && a.zero_baseline == b.zero_baseline &&
         a.aggregate == b.aggregate && a.exempt_by == b.exempt_by && SameTable(a.table, b.table) &&
         a.not_applicable == b.not_applicable && a.missing_data == b.missing_data &&
         a.discretion == b.discretion && a.evidence == b.evidence &&
         a.provenance.confidence == b.provenance.confidence &&
         a.provenance.source == b.provenance.source && a.provenance.note == b.provenance.note;
}

}  // namespace

int RuleSet::FindHeadline(std::string_view id) const { return IndexOf(headlines, id); }
int RuleSet::FindNeed(std::string_view id) const { return IndexOf(needs, id); }
int RuleSet::FindRule(std::string_view id) const { return IndexOf(rules, id); }
int RuleSet::FindGate(std::string_view id) const { return IndexOf(gates, id); }
int RuleSet::FindRoute(std::string_view id) const { return IndexOf(routes, id); }
int RuleSet::FindTimescale(std::string_view id) const { return IndexOf(timescales, id); }
int RuleSet::HeadlineByNum(uint32_t num) const { return IndexOfNum(headlines, num); }
int RuleSet::NeedByNum(uint32_t num) const { return IndexOfNum(needs, num); }
int RuleSet::RuleByNum(uint32_t num) const { return IndexOfNum(rules, num); }
int RuleSet::RouteByNum(uint32_t num) const { return IndexOfNum(routes, num); }

Hash32 RuleSetDigest(std::string_view text) {
  return H(St("doorstep/ruleset/v1").Add(text).bytes());
}

std::vector<std::string> DifferingSharedRules(const RuleSet& a, const RuleSet& b) {
  std::vector<std::string> ids;
  if (a.phase != b.phase) return ids;
  for (const Rule& rule : a.rules) {
    int other = b.FindRule(rule.id);
    if (other >= 0 && !SameRule(a, rule, b, b.rules[static_cast<size_t>(other)])) {
      ids.push_back(rule.id);
    }
  }
  return ids;
}

}  // namespace doorstep
