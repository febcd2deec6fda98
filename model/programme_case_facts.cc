#include "model/programme_case_facts.h"

#include <algorithm>
#include <utility>

namespace doorstep {
namespace {

constexpr std::array kRoleNames = {
    EnumName<PersonRole>{"child", PersonRole::kChild},
    EnumName<PersonRole>{"unborn_child", PersonRole::kUnbornChild},
    EnumName<PersonRole>{"parent_carer", PersonRole::kParentCarer},
    EnumName<PersonRole>{"non_resident_parent", PersonRole::kNonResidentParent},
    EnumName<PersonRole>{"kinship_carer", PersonRole::kKinshipCarer},
    EnumName<PersonRole>{"other_adult", PersonRole::kOtherAdult}};

// Two days in a list, both inside.
std::optional<DaySpan> ParseSpan(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kList || node.items.size() != 2) return std::nullopt;
  std::optional<Day> first = ParseDay(node.items[0].text);
  std::optional<Day> last = ParseDay(node.items[1].text);
  if (!first.has_value() || !last.has_value() || *last < *first) return std::nullopt;
  return DaySpan{*first, *last};
}

class CaseReader {
 public:
  CaseReader(const RuleSet& rules, YamlFields& fields, UnknownNames& unknown)
      : rules_(rules), fields_(fields), unknown_(unknown) {}

  Facts Read() {
    ReadEpisode();
    ReadPeople();
    ReadNeeds();
    fields_.ForEach("facts", Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields fact(node, path, fields_.sink());
      item_ = static_cast<int>(facts_.items.size());
      facts_.items.push_back(path);
      ReadFact(fact);
    });
    ReadRecords();
    return std::move(facts_);
  }

 private:
  void ReadEpisode() {
    const YamlNode* node = fields_.Node("episode", Presence::kRequired);
    if (node == nullptr) return;
    YamlFields episode(*node, fields_.path() + ".episode", fields_.sink());
    facts_.started = episode.Date("started", Presence::kRequired).value_or(0);
    facts_.attached = episode.Date("attached", Presence::kOptional);
    facts_.closed = episode.Date("closed", Presence::kOptional);
  }

  void ReadPeople() {
    const YamlNode* node = fields_.Node("people", Presence::kRequired);
    if (node == nullptr) return;
    YamlFields people(*node, fields_.path() + ".people", fields_.sink());
    for (const auto& [handle, value] : node->fields) {
      people.Node(handle, Presence::kOptional);
      YamlFields fields(value, Joined(people.path(), ".", handle), fields_.sink());
      Facts::Person person;
      person.key = handle;
      person.name = handle;
      if (auto r = fields.Name("role", kRoleNames, Presence::kRequired)) person.role = *r;
      person.born = fields.Date("born", Presence::kOptional);
      person.joined = fields.Date("joined", Presence::kOptional);
      person.left = fields.Date("left", Presence::kOptional);
      person.due = fields.Date("due", Presence::kOptional);
      facts_.persons.push_back(std::move(person));
    }
  }

  int FindPerson(YamlFields& fields, std::string_view key, const std::string& handle) {
    for (size_t i = 0; i < facts_.persons.size(); ++i) {
      if (facts_.persons[i].key == handle) return static_cast<int>(i);
    }
    fields.Fault(key, Joined("a person of the case instead of ", handle));
    return -1;
  }
  int Who(YamlFields& fields) {
    std::string handle = fields.Text("who", Presence::kOptional);
    return handle.empty() ? -1 : FindPerson(fields, "who", handle);
  }

  int FindNeed(const std::string& id) {
    int need = rules_.FindNeed(id);
    if (need < 0 && !id.empty()) unknown_.needs.insert(id);
    return need;
  }

  void ReadNeeds() {
    static constexpr std::array kStates = {EnumName<bool>{"present", true},
                                           EnumName<bool>{"not_present_after_all", false}};
    fields_.ForEach("needs", Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields fields(node, path, fields_.sink());
      Facts::Need need;
      need.need = FindNeed(fields.Text("need", Presence::kRequired));
      for (const std::string& handle : fields.Texts("people", Presence::kOptional)) {
        need.persons.push_back(FindPerson(fields, "people", handle));
      }
      need.identified = fields.Date("date", Presence::kOptional);
      need.present = fields.Name("state", kStates, Presence::kOptional).value_or(true);
      if (need.need >= 0) facts_.needs.push_back(std::move(need));
    });
  }

  void ReadFact(YamlFields& fact) {
    if (fact.Has("judge")) return ReadJudgement(fact);
    std::string name = fact.Text("m", Presence::kRequired);
    if (name == "attendance") return ReadTerm(fact);
    const MeasureInfo* info = FindMeasure(name);
    if (info == nullptr) {
      if (!name.empty()) fact.Fault("m", "attendance, or the name of a measure");
      return;
    }
    if (info->shape == Shape::kEvent) return ReadEvent(fact, *info);
    if (info->shape == Shape::kState) return ReadState(fact, *info);
    if (info->shape == Shape::kScore) return ReadScore(fact);
    fact.Fault("m", "an event, state, score or attendance; the rest stands under records");
  }

  void ReadEvent(YamlFields& fact, const MeasureInfo& info) {
    int who = Who(fact);
    if (const YamlNode* cover = fact.Node("cover", Presence::kOptional)) {
      std::optional<DaySpan> days = ParseSpan(*cover);
      if (!days.has_value()) return fact.Fault("cover", "[first day, last day]");
      facts_.covers.push_back({info.measure, who, *days, item_});
      return;
    }
    Facts::Event event{info.measure, who, 0, -1, item_};
    event.day = fact.Date("date", Presence::kRequired).value_or(0);
    if (info.measure == Measure::kNomination) {
      std::string id = fact.Text("headline", Presence::kRequired);
      event.headline = rules_.FindHeadline(id);
      if (event.headline < 0) {
        if (!id.empty()) unknown_.headlines.insert(id);
        return;
      }
    }
    facts_.events.push_back(event);
  }

  void ReadState(YamlFields& fact, const MeasureInfo& info) {
    Facts::State state{info.measure, Who(fact), {}, 0, -1, item_};
    state.days.first = fact.Date("from", Presence::kRequired).value_or(0);
    state.days.last = fact.Date("to", Presence::kRequired).value_or(state.days.first);
    if (state.days.IsEmpty()) fact.Fault("to", "a day not before the first");
    if (info.value == ValueKind::kBenefit) {
      state.value = FindBenefit(fact.Text("is", Presence::kRequired));
      if (state.value == 0) fact.Fault("is", "a benefit, or NONE");
    } else {
      state.value = fact.Truth("is", Presence::kRequired).value_or(false) ? 1 : 0;
    }
    if (info.measure == Measure::kNeedOutcome) {
      state.need = FindNeed(fact.Text("need", Presence::kRequired));
      if (state.need < 0) return;
    }
    facts_.states.push_back(state);
  }

  void ReadTerm(YamlFields& fact) {
    Facts::TermRow row;
    row.item = item_;
    row.person = FindPerson(fact, "who", fact.Text("who", Presence::kRequired));
    std::optional<TermId> term = ParseTermId(fact.Text("term", Presence::kRequired));
    if (!term.has_value()) fact.Fault("term", "a term such as 2013-1");
    row.term = term.value_or(TermId{});
    row.possible = fact.Whole("possible", Presence::kRequired, kSessionsMax);
    row.authorised = fact.Whole("authorised", Presence::kRequired, kSessionsMax);
    row.unauthorised = fact.Whole("unauthorised", Presence::kRequired, kSessionsMax);
    if (row.authorised + row.unauthorised > row.possible) {
      fact.Fault("possible", "at least authorised and unauthorised together");
    }
    facts_.terms.push_back(row);
  }

  void ReadScore(YamlFields& fact) {
    Facts::Score score;
    score.item = item_;
    score.person = Who(fact);
    score.day = fact.Date("date", Presence::kRequired).value_or(0);
    score.value = fact.Whole("value", Presence::kRequired, 10);
    score.need = FindNeed(fact.Text("need", Presence::kRequired));
    if (score.need >= 0) facts_.scores.push_back(score);
  }

  void ReadJudgement(YamlFields& fact) {
    Facts::Judgement judgement;
    judgement.item = item_;
    judgement.person = Who(fact);
    std::string id = fact.Text("judge", Presence::kRequired);
    std::optional<RuleVerdict> verdict = fact.Name("verdict", kVerdictNames, Presence::kRequired);
    bool allowed = verdict == RuleVerdict::kMet || verdict == RuleVerdict::kNeutral;
    if (verdict.has_value() && !allowed) fact.Fault("verdict", "met or neutral");
    judgement.verdict = verdict.value_or(RuleVerdict::kMet);
    judgement.rule = rules_.FindRule(id);
    if (judgement.rule < 0) {
      unknown_.rules.insert(id);
      return;
    }
    const Rule& rule = rules_.rules[static_cast<size_t>(judgement.rule)];
    if (rule.discretion != Discretion::kAllowed) {
      return fact.Fault("judge", "a rule that may be judged (discretion: true)");
    }
    facts_.judgements.push_back(judgement);
  }

  void ReadRecords() {
    static constexpr std::array kSustained = {EnumName<int32_t>{"lasted", kLasted},
                                              EnumName<int32_t>{"regressed", kRegressed}};
    const YamlNode* node = fields_.Node("records", Presence::kOptional);
    if (node == nullptr) return;
    YamlFields records(*node, fields_.path() + ".records", fields_.sink());
    if (records.Has("assessment")) {
      std::vector<int> covered;
      for (const std::string& handle : records.Texts("assessment", Presence::kRequired)) {
        covered.push_back(FindPerson(records, "assessment", handle));
      }
      facts_.assessments.push_back(std::move(covered));
    }
    if (records.Has("plan_needs")) {
      facts_.has_plan = true;
      for (const std::string& id : records.Texts("plan_needs", Presence::kRequired)) {
        int need = FindNeed(id);
        for (Facts::Need& fact : facts_.needs) {
          if (fact.need == need) fact.in_plan = true;
        }
      }
    }
    facts_.plan_approved = records.Truth("plan_approved", Presence::kOptional).value_or(false);
    facts_.lead_assigned = records.Truth("lead", Presence::kOptional).value_or(false);
    facts_.visits_made = records.Whole("visits", Presence::kOptional, 100'000);
    facts_.sustained = records.Name("sustained", kSustained, Presence::kOptional);
    facts_.local_high_cost = records.Truth("local_high_cost", Presence::kOptional).value_or(false);
    facts_.social_work_threshold = records.Truth("social_work_threshold", Presence::kOptional);
  }

  const RuleSet& rules_;
  YamlFields& fields_;
  UnknownNames& unknown_;
  Facts facts_;
  int item_ = -1;
};

}  // namespace

Facts ReadCaseFacts(const RuleSet& rules, YamlFields& fields, UnknownNames& unknown) {
  return CaseReader(rules, fields, unknown).Read();
}

CaseCalendar ReadCaseCalendar(const YamlNode& node, FaultSink& sink) {
  CaseCalendar calendar;
  YamlFields fields(node, "calendar", sink);
  if (const YamlNode* terms = fields.Node("terms", Presence::kOptional)) {
    for (const auto& [name, days] : terms->fields) {
      std::optional<TermId> id = ParseTermId(name);
      std::optional<DaySpan> span = ParseSpan(days);
      if (!id.has_value() || !span.has_value()) {
        sink.Add(days.line, Joined("calendar.terms.", name), "YYYY-N: [first day, last day]");
        continue;
      }
      calendar.terms.Set(*id, *span);
    }
  }
  fields.ForEach("bank_holidays", Presence::kOptional,
                 [&](const YamlNode& item, const std::string& path) {
                   std::optional<Day> day = ParseDay(item.text);
                   if (!day.has_value()) return sink.Add(item.line, path, "a date YYYY-MM-DD");
                   calendar.holidays.insert(*day);
                 });
  return calendar;
}

}  // namespace doorstep
