#include "model/programme_cases.h"

#include <algorithm>
#include <map>
#include <utility>

#include "model/joined.h"
#include "model/programme.h"
#include "model/programme_case_facts.h"
#include "model/programme_coverage.h"
#include "model/programme_payment.h"
#include "model/programme_timescale.h"
#include "model/programme_words.h"
#include "model/ruleset_yaml.h"
#include "model/value.h"
#include "model/yaml_fields.h"

namespace doorstep {
namespace {

constexpr std::string_view kFormat = "doorstep-cases/1";

std::string Sentence(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += out.empty() ? part : " " + part;
  return out;
}

// YYYY-MM-DDThh:mm:ssZ.
std::optional<int64_t> ParseInstant(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  std::optional<Day> day = ParseDay(text.substr(0, 10));
  int parts[3] = {};
  for (int i = 0; i < 3; ++i) {
    for (char c : text.substr(static_cast<size_t>(11 + 3 * i), 2)) {
      if (c < '0' || c > '9') return std::nullopt;
      parts[i] = parts[i] * 10 + (c - '0');
    }
  }
  if (!day.has_value() || parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  int64_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  return int64_t{*day} * 86'400'000 + seconds * 1000;
}

std::string InstantText(int64_t ms) {
  int64_t seconds = ms / 1000 - int64_t{UtcDay(ms)} * 86'400;
  auto two = [](int64_t n) { return Joined(n < 10 ? "0" : "", n); };
  return Joined(DayText(UtcDay(ms)), 'T', two(seconds / 3600), ':', two(seconds / 60 % 60), ':',
                two(seconds % 60), 'Z');
}

class CasesRun {
 public:
  CasesRun(const std::vector<const RuleSet*>& rule_sets, FaultSink& sink, CasesReport& report)
      : sink_(sink), report_(report) {
    for (const RuleSet* rules : rule_sets) {
      const RuleSet*& newest = by_key_[rules->key];
      if (newest == nullptr || newest->version < rules->version) newest = rules;
    }
  }

  Coverage& coverage() { return coverage_; }

  void Run(const YamlNode& root) {
    YamlFields file(root, "", sink_);
    if (file.Text("format", Presence::kRequired) != kFormat && file.Has("format")) {
      file.Fault("format", std::string(kFormat));
    }
    if (const YamlNode* calendar = file.Node("calendar", Presence::kRequired)) {
      calendar_ = ReadCaseCalendar(*calendar, sink_);
    }
    ForEachCase(file, "cases", [&](YamlFields& fields) { RunCase(fields); });
    ForEachCase(file, "payments", [&](YamlFields& fields) { RunPayment(fields); });
    ForEachCase(file, "timescale_cases", [&](YamlFields& fields) { RunTimescale(fields); });
    ForEachCase(file, "expression_cases", [&](YamlFields& fields) { RunExpression(fields); });
    ForEachCase(file, "rule_cases", [&](YamlFields& fields) { RunRule(fields); });
    ForEachCase(file, "attachment_cases", [&](YamlFields& fields) { RunAttachment(fields); });
  }

 private:
  template <typename RunOne>
  void ForEachCase(YamlFields& file, std::string_view list, RunOne run) {
    file.ForEach(list, Presence::kOptional, [&](const YamlNode& node, const std::string& path) {
      YamlFields fields(node, path, sink_);
      id_ = fields.Text("id", Presence::kRequired);
      fields.Rename(Joined(list, "[", id_, "]"));
      if (!ids_.insert(id_).second) fields.Fault("id", "an id that is used once");
      for (std::string_view key : {"title", "because"}) fields.Text(key, Presence::kOptional);
      size_t before = report_.failures.size();
      run(fields);
      ++(report_.failures.size() == before ? report_.passed : report_.failed);
    });
  }

  void Expect(const std::string& what, std::string_view expected, std::string_view got,
              const std::string& why) {
    if (expected == got) return;
    report_.failures.push_back({id_, what, std::string(expected), std::string(got), why});
  }

  const RuleSet* FindRules(YamlFields& fields, std::string_view key, const std::string& name) {
    auto found = by_key_.find(name);
    if (found != by_key_.end()) return found->second;
    if (!name.empty()) fields.Fault(key, Joined("the key of a rule-set given, instead of ", name));
    return nullptr;
  }

  // The map under `key`, from rule-set to whatever `read` makes of it.
  template <typename Read>
  void ForEachRuleSet(YamlFields& fields, std::string_view key, Presence presence, Read read) {
    const YamlNode* node = fields.Node(key, presence);
    if (node == nullptr) return;
    YamlFields map(*node, Joined(fields.path(), ".", key), sink_);
    for (const auto& [name, value] : node->fields) {
      map.Node(name, Presence::kOptional);
      const RuleSet* rules = FindRules(map, name, name);
      if (rules != nullptr) read(*rules, value, Joined(map.path(), ".", name));
    }
  }

  void RunCase(YamlFields& fields) {
    fields.Texts("kinds", Presence::kOptional);
    Day as_of = fields.Date("as_of", Presence::kRequired).value_or(0);
    struct Judged {
      const RuleSet* rules;
      Facts facts;
      Evaluation evaluation;
    };
    std::map<std::string, Judged> judged;
    std::vector<UnknownNames> unknown;
    ForEachRuleSet(fields, "expect", Presence::kRequired,
                   [&](const RuleSet& rules, const YamlNode& node, const std::string& path) {
                     size_t faults = sink_.count();
                     Judged& one = judged[rules.key];
                     one.rules = &rules;
                     one.facts = ReadCaseFacts(rules, fields, unknown.emplace_back());
                     if (sink_.count() != faults) return;
                     one.evaluation = EvaluateProgramme(rules, one.facts, as_of, calendar_.terms);
                     ExpectVerdicts(rules, one.facts, one.evaluation, node, path);
                   });
    RefuseUnknownToAll(fields, unknown);
    ForEachRuleSet(fields, "reasons", Presence::kOptional,
                   [&](const RuleSet& rules, const YamlNode& node, const std::string& path) {
                     auto one = judged.find(rules.key);
                     if (one == judged.end() || one->second.evaluation.rules.empty()) return;
                     ExpectReasons(rules, one->second.facts, one->second.evaluation, node, path);
                   });
    ForEachRuleSet(fields, "advice", Presence::kOptional,
                   [&](const RuleSet& rules, const YamlNode& node, const std::string&) {
                     auto one = judged.find(rules.key);
                     if (one == judged.end()) return;
                     std::string expected;
                     for (const YamlNode& item : node.items) expected += item.text + " ";
                     std::string got;
                     for (AdviceKind act : one->second.evaluation.advice) {
                       got += Joined(NameOf(kAdviceNames, act), " ");
                     }
                     Expect(rules.key + " advice", expected, got, "");
                   });
  }

  void RefuseUnknownToAll(YamlFields& fields, const std::vector<UnknownNames>& unknown) {
    if (unknown.empty()) return;
    auto refuse = [&](std::set<std::string> UnknownNames::*names, std::string_view what) {
      for (const std::string& name : unknown.front().*names) {
        bool by_all = std::all_of(unknown.begin(), unknown.end(), [&](const UnknownNames& one) {
          return (one.*names).contains(name);
        });
        if (by_all) {
          sink_.Add(fields.line(), fields.path(), Joined(what, " of a rule-set instead of ", name));
        }
      }
    };
    refuse(&UnknownNames::needs, "a need");
    refuse(&UnknownNames::headlines, "a headline");
    refuse(&UnknownNames::rules, "a rule");
  }

  void ExpectVerdicts(const RuleSet& rules, const Facts& facts, const Evaluation& evaluation,
                      const YamlNode& node, const std::string& path) {
    YamlFields verdicts(node, path, sink_);
    for (const auto& [id, value] : node.fields) {
      std::optional<RuleVerdict> expected = verdicts.Name(id, kVerdictNames, Presence::kRequired);
      int rule = rules.FindRule(id);
      int gate = rules.FindGate(id);
      if (rule < 0 && gate < 0) verdicts.Fault(id, "a rule or gate of this rule-set");
      if (!expected.has_value() || (rule < 0 && gate < 0)) continue;
      size_t at = static_cast<size_t>(std::max(rule, gate));
      if (rule >= 0) coverage_.Note(rules.rules[at], evaluation.rules[at]);
      RuleVerdict got = rule >= 0 ? evaluation.rules[at].verdict : evaluation.gates[at];
      if (got == *expected) continue;
      std::string why =
          rule >= 0 ? Sentence(SentencesOf(rules, rules.rules[at], evaluation.rules[at], facts))
                    : GateSentence(rules, gate, evaluation);
      Expect(Joined(rules.key, " ", id), VerdictName(*expected), VerdictName(got), why);
    }
  }

  void ExpectReasons(const RuleSet& rules, const Facts& facts, const Evaluation& evaluation,
                     const YamlNode& node, const std::string& path) {
    YamlFields fields(node, path, sink_);
    for (const auto& [id, list] : node.fields) {
      int rule = rules.FindRule(id);
      if (rule < 0) {
        fields.Fault(id, "a rule of this rule-set");
        continue;
      }
      size_t at = static_cast<size_t>(rule);
      coverage_.Note(rules.rules[at], evaluation.rules[at]);
      for (const std::string& code : fields.Texts(id, Presence::kRequired)) {
        ExpectReason(Joined(rules.key, " ", id), code, rules, rules.rules[at], evaluation.rules[at],
                     facts);
      }
    }
  }

  void ExpectReason(const std::string& what, const std::string& expected, const RuleSet& rules,
                    const Rule& rule, const RuleResult& result, const Facts& facts) {
    std::vector<std::string> codes = ReasonCodes(result, facts);
    bool given = std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
      return code == expected || code.substr(0, code.find(':')) == expected;
    });
    if (given) return;
    Expect(what + " reason", expected, Sentence(codes),
           Sentence(SentencesOf(rules, rule, result, facts)));
  }

  void RunPayment(YamlFields& fields) {
    const RuleSet* rules =
        FindRules(fields, "ruleset", fields.Text("ruleset", Presence::kRequired));
    Day attached = fields.Date("attached", Presence::kRequired).value_or(0);
    std::vector<AcceptedClaim> claims;
    fields.ForEach("claims", Presence::kRequired, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      AcceptedClaim claim;
      std::string route = item.Text("route", Presence::kRequired);
      claim.route = rules == nullptr ? 0 : rules->FindRoute(route);
      claim.received = item.Date("submitted", Presence::kRequired).value_or(0);
      if (claim.route < 0) return item.Fault("route", "a route of this rule-set");
      claims.push_back(claim);
    });
    const YamlNode* node = fields.Node("expect", Presence::kRequired);
    if (node == nullptr || rules == nullptr) return;
    YamlFields expect(*node, fields.path() + ".expect", sink_);
    int64_t fee = expect.Whole("attachment", Presence::kRequired, kPenceMax);
    std::string expected;
    for (const std::string& pence : expect.Texts("results", Presence::kRequired)) {
      expected += pence + " ";
    }
    std::string got;
    for (int64_t pence : ResultsPaid(*rules, attached, claims)) got += Joined(pence, " ");
    Expect(rules->key + " attachment", std::to_string(fee),
           std::to_string(AttachmentFee(*rules, attached)), "");
    Expect(rules->key + " results", expected, got, "");
  }

  // A day, or an instant where the timescale counts in hours. nullopt for null and for faults.
  std::optional<int64_t> Moment(YamlFields& fields, std::string_view key, bool in_hours,
                                Presence presence) {
    const YamlNode* node = fields.Node(key, presence);
    if (node == nullptr || node->kind == YamlNode::Kind::kNull) return std::nullopt;
    std::optional<int64_t> moment;
    if (in_hours) {
      moment = ParseInstant(node->text);
    } else if (std::optional<Day> day = ParseDay(node->text)) {
      moment = *day;
    }
    if (!moment.has_value()) {
      fields.Fault(key, in_hours ? "an instant YYYY-MM-DDThh:mm:ssZ" : "a date YYYY-MM-DD");
    }
    return moment;
  }

  void RunTimescale(YamlFields& fields) {
    const RuleSet* rules =
        FindRules(fields, "ruleset", fields.Text("ruleset", Presence::kRequired));
    std::string id = fields.Text("timescale", Presence::kRequired);
    int index = rules == nullptr ? -1 : rules->FindTimescale(id);
    if (rules != nullptr && index < 0) fields.Fault("timescale", "a timescale of this rule-set");
    Timescale none;
    const Timescale& scale = index < 0 ? none : rules->timescales[static_cast<size_t>(index)];
    bool in_hours = CountsInHours(scale);
    TimescaleClock clock;
    clock.start = Moment(fields, "start", in_hours, Presence::kRequired);
    clock.done = Moment(fields, "done", in_hours, Presence::kOptional);
    clock.today = Moment(fields, "today", in_hours, Presence::kRequired).value_or(0);
    clock.extended_to = fields.Date("extended", Presence::kOptional);
    std::optional<TimescaleVerdict> expected =
        fields.Name("expect", kTimescaleVerdictNames, Presence::kRequired);
    std::optional<int64_t> due = Moment(fields, "due", in_hours, Presence::kOptional);
    if (index < 0 || !expected.has_value()) return;
    TimescaleStanding standing = StandingOn(scale, clock, calendar_.holidays);
    Expect(Joined(rules->key, " ", id), NameOf(kTimescaleVerdictNames, *expected),
           NameOf(kTimescaleVerdictNames, standing.verdict), "");
    auto text = [&](const std::optional<int64_t>& moment) {
      if (!moment.has_value()) return std::string("none");
      return in_hours ? InstantText(*moment) : DayText(static_cast<Day>(*moment));
    };
    if (due.has_value()) {
      Expect(Joined(rules->key, " ", id, " due"), text(due), text(standing.due), "");
    }
  }

  void RunExpression(YamlFields& fields) {
    const YamlNode* text = fields.Node("expr", Presence::kRequired);
    const YamlNode* given = fields.Node("given", Presence::kRequired);
    std::string expected = fields.Text("expect", Presence::kRequired);
    if (text == nullptr || given == nullptr) return;
    std::map<std::string, RuleVerdict> verdicts;
    YamlFields names(*given, fields.path() + ".given", sink_);
    for (const auto& [name, value] : given->fields) {
      if (auto verdict = names.Name(name, kVerdictNames, Presence::kRequired)) {
        verdicts[name] = *verdict;
      }
    }
    absl::StatusOr<Expression> expression = ParseExpression(text->text);
    std::string got = "error";
    std::string why = expression.ok() ? "" : std::string(expression.status().message());
    bool all_known = expression.ok();
    if (expression.ok()) {
      ForEachName(*expression, [&](Expression& part) {
        bool known = part.kind == Expression::Kind::kName && verdicts.contains(part.name);
        if (known) return;
        all_known = false;
        why = part.name + " is neither rule nor gate";
      });
    }
    if (all_known) {
      got = VerdictName(Evaluate(
          *expression, [&](const Expression& part) { return verdicts.at(part.name); },
          [](const Expression&) { return false; }));
    }
    Expect(text->text, expected, got, why);
  }

  void RunRule(YamlFields& fields) {
    const YamlNode* node = fields.Node("rule", Presence::kRequired);
    Day as_of = fields.Date("as_of", Presence::kRequired).value_or(0);
    std::string reason = fields.Text("reason", Presence::kOptional);
    std::optional<RuleVerdict> expected = fields.Name("expect", kVerdictNames, Presence::kRequired);
    if (node == nullptr) return;
    size_t faults = sink_.count();
    // A rule-set of the one rule, with the headlines and needs that the case speaks of.
    RuleSet rules;
    for (std::string_view key : {"headline", "need"}) {
      const YamlNode* about = node->Find(key);
      if (about != nullptr) NameInvented(rules, about->text);
    }
    for (std::string_view key : {"needs", "facts"}) {
      const YamlNode* list = fields.Node(key, Presence::kOptional);
      if (list == nullptr) continue;
      for (const YamlNode& item : list->items) {
        const YamlNode* need = item.Find("need");
        if (need != nullptr) NameInvented(rules, need->text);
      }
    }
    Rule rule = ReadRule(*node, fields.path() + ".rule", rules, sink_);
    rules.rules.push_back(rule);
    UnknownNames unknown;
    Facts facts = ReadCaseFacts(rules, fields, unknown);
    RefuseUnknownToAll(fields, {unknown});
    if (sink_.count() != faults || !expected.has_value()) return;
    RuleResult result = EvaluateRule(rules, rule, facts, as_of, calendar_.terms);
    coverage_.Note(rule, result);
    Expect(rule.id, VerdictName(*expected), VerdictName(result.verdict),
           Sentence(SentencesOf(rules, rule, result, facts)));
    if (!reason.empty()) ExpectReason(rule.id, reason, rules, rule, result, facts);
  }

  static void NameInvented(RuleSet& rules, const std::string& id) {
    if (rules.FindNeed(id) >= 0) return;
    std::string headline = id.substr(0, id.find('.'));
    if (rules.FindHeadline(headline) < 0) {
      Headline made;
      made.id = headline;
      rules.headlines.push_back(made);
    }
    if (id == headline) return;
    NeedType made;
    made.id = id;
    made.title = id;
    made.headline = rules.FindHeadline(headline);
    rules.needs.push_back(made);
  }

  void RunAttachment(YamlFields& fields) {
    const RuleSet* rules =
        FindRules(fields, "ruleset", fields.Text("ruleset", Presence::kRequired));
    Day attached = fields.Date("attached", Presence::kRequired).value_or(0);
    std::string expected = fields.Text("expect", Presence::kRequired);
    if (rules == nullptr) return;
    Expect(Joined(rules->key, " attached ", DayText(attached)), expected,
           rules->TakesAttachmentOn(attached) ? "allowed" : "refused", "");
  }

  static constexpr int64_t kPenceMax = 100'000'000'000'000;

  std::map<std::string, const RuleSet*> by_key_;
  FaultSink& sink_;
  CasesReport& report_;
  CaseCalendar calendar_;
  Coverage coverage_;
  std::set<std::string> ids_;
  std::string id_;
};

bool Same(const FileFault& a, const FileFault& b) {
  return a.line == b.line && a.key == b.key && a.expected == b.expected;
}

}  // namespace

CasesReport RunCases(const std::vector<const RuleSet*>& rule_sets,
                     const std::vector<const RuleSet*>& to_cover, std::string_view file,
                     std::string_view text) {
  CasesReport report;
  YamlNode root = ReadYaml(file, text, report.faults);
  if (!report.faults.empty()) return report;
  {
    FaultSink sink(file, report.faults);
    CasesRun run(rule_sets, sink, report);
    run.Run(root);
    for (const RuleSet* rules : to_cover) run.coverage().Require(*rules);
    report.uncovered = run.coverage().Uncovered();
  }
  if (report.faults.empty()) return report;
  // A case judged by several rule-sets is read for each of them, and so are its mistakes.
  CasesReport refused;
  for (const FileFault& fault : report.faults) {
    bool known = std::any_of(refused.faults.begin(), refused.faults.end(),
                             [&](const FileFault& other) { return Same(fault, other); });
    if (!known) refused.faults.push_back(fault);
  }
  return refused;
}

}  // namespace doorstep
