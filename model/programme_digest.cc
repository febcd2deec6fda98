// InputsDigest: its grammar stands in programme_facts.h.
#include <algorithm>
#include <map>
#include <utility>

#include "crypto/primitives.h"
#include "model/programme_facts.h"

namespace doorstep {
namespace {

class Encoder {
 public:
  explicit Encoder(const Facts& facts) : facts_(facts) {}

  Encoder& Begin(uint8_t kind) {
    fact_.clear();
    return U8(kind);
  }
  Encoder& U8(uint8_t value) {
    fact_.push_back(static_cast<char>(value));
    return *this;
  }
  Encoder& U32(int64_t value) {
    AppendU32(fact_, static_cast<uint32_t>(value));
    return *this;
  }
  template <typename T>
  Encoder& Opt(const std::optional<T>& value) {
    U8(value.has_value() ? 1 : 0);
    return value.has_value() ? U32(static_cast<int64_t>(*value)) : *this;
  }
  Encoder& Key(int person) {
    AppendLp(fact_, facts_.persons[static_cast<size_t>(person)].key);
    return *this;
  }
  Encoder& Who(int person) {
    U8(person < 0 ? 0 : 1);
    return person < 0 ? *this : Key(person);
  }
  Encoder& Keys(std::vector<int> persons) {
    std::sort(persons.begin(), persons.end(), [&](int a, int b) {
      return facts_.persons[static_cast<size_t>(a)].key <
             facts_.persons[static_cast<size_t>(b)].key;
    });
    U32(static_cast<int64_t>(persons.size()));
    for (int person : persons) Key(person);
    return *this;
  }
  void End() { all_.push_back(fact_); }

  std::vector<std::string> Sorted() {
    std::sort(all_.begin(), all_.end());
    return std::move(all_);
  }

 private:
  const Facts& facts_;
  std::string fact_;
  std::vector<std::string> all_;
};

template <typename T>
uint32_t NumOf(const std::vector<T>& list, int index) {
  return index < 0 ? 0 : list[static_cast<size_t>(index)].num;
}

void EncodeObservations(const RuleSet& rules, const Facts& facts, Encoder& out) {
  for (const Facts::Event& event : facts.events) {
    out.Begin(4).U32(int64_t(event.measure)).Who(event.person).U32(event.day);
    out.U32(NumOf(rules.headlines, event.headline)).End();
  }
  for (const Facts::Cover& cover : facts.covers) {
    out.Begin(5).U32(int64_t(cover.measure)).Who(cover.person);
    out.U32(cover.days.first).U32(cover.days.last).End();
  }
  for (const Facts::State& state : facts.states) {
    out.Begin(6).U32(int64_t(state.measure)).Who(state.person);
    out.U32(state.days.first).U32(state.days.last).U32(state.value);
    out.U32(NumOf(rules.needs, state.need)).End();
  }
  for (const Facts::TermRow& row : facts.terms) {
    out.Begin(7).Who(row.person).U32(row.term.school_year).U32(row.term.term);
    out.U32(row.possible).U32(row.authorised).U32(row.unauthorised).End();
  }
  for (const Facts::Score& score : facts.scores) {
    out.Begin(8).Who(score.person).U32(score.day).U32(score.value);
    out.U32(NumOf(rules.needs, score.need)).End();
  }
  std::map<std::pair<int, int>, RuleVerdict> judged;
  for (const Facts::Judgement& j : facts.judgements) judged[{j.rule, j.person}] = j.verdict;
  for (const auto& [about, verdict] : judged) {
    out.Begin(9).U32(NumOf(rules.rules, about.first)).Who(about.second);
    out.U8(static_cast<uint8_t>(verdict)).End();
  }
}

}  // namespace

Hash32 InputsDigest(const RuleSet& rules, const Facts& facts, Day as_of,
                    const TermCalendar& calendar) {
  Encoder out(facts);
  out.Begin(1).U32(facts.started).Opt(facts.attached).Opt(facts.closed).End();
  for (int i = 0; i < static_cast<int>(facts.persons.size()); ++i) {
    const Facts::Person& person = facts.persons[static_cast<size_t>(i)];
    out.Begin(2).Key(i).U8(static_cast<uint8_t>(person.role)).Opt(person.born);
    out.Opt(person.joined).Opt(person.left).Opt(person.due).End();
  }
  for (const Facts::Need& need : facts.needs) {
    out.Begin(3).U32(NumOf(rules.needs, need.need)).U8(need.present ? 1 : 0);
    out.U8(need.in_plan ? 1 : 0).Opt(need.identified).Keys(need.persons).End();
  }
  EncodeObservations(rules, facts, out);
  out.Begin(10).U8(facts.has_plan ? 1 : 0).U8(facts.plan_approved ? 1 : 0);
  out.U8(facts.lead_assigned ? 1 : 0).U32(facts.visits_made).Opt(facts.sustained);
  out.U8(facts.local_high_cost ? 1 : 0).Opt(facts.social_work_threshold).End();
  for (const std::vector<int>& covered : facts.assessments) out.Begin(11).Keys(covered).End();
  for (const TermCalendar::Term& term : calendar.terms()) {
    out.Begin(12).U32(term.id.school_year).U32(term.id.term);
    out.U32(term.days.first).U32(term.days.last).End();
  }
  St inputs("doorstep/programme-inputs/v1");
  inputs.AddU32(rules.code).AddU32(rules.version).Add(rules.digest);
  inputs.AddU32(static_cast<uint32_t>(as_of));
  for (const std::string& fact : out.Sorted()) inputs.Add(fact);
  return H(inputs.bytes());
}

}  // namespace doorstep
