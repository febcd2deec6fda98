#include "model/ruleset_yaml.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/value.h"

namespace doorstep {
namespace {

constexpr std::string_view kFormat = "doorstep-ruleset/1";

bool IsKey(std::string_view text) {
  bool dash = true;  // one must not stand at the beginning, after another, or at the end
  for (char c : text) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter && (c != '-' || dash)) return false;
    dash = !letter;
  }
  return !dash;
}

// Ids and numbers of one list: each once.
class Once {
 public:
  void Note(YamlFields& item, const std::string& id, uint32_t num) {
    if (!id.empty() && !ids_.insert(id).second) item.Fault("id", "an id that is used once");
    if (!nums_.insert(num).second) item.Fault("num", "a number that is used once in its list");
  }

 private:
  std::set<std::string> ids_;
  std::set<uint32_t> nums_;
};

std::string Numbered(const std::string& path, const std::string& id) {
  return id.empty() ? path : Joined(path.substr(0, path.find('[')), "[", id, "]");
}

class RuleSetReader {
 public:
  RuleSetReader(const YamlNode& root, FaultSink& sink) : sink_(sink), file_(root, "", sink) {}

  RuleSet Read() {
    ReadHead();
    ReadPublished();
    ReadNames();
    ReadHeadlines();
    ReadNeeds();
    ReadRules();
    ReadGates();
    ReadRoutes();
    ReadFunding();
    ReadPayment();
    ReadTimescales();
    return std::move(rules_);
  }

 private:
  Provenance ReadProvenance(YamlFields& fields, Presence presence) {
    Provenance from;
    if (auto c = fields.Name("confidence", kConfidenceNames, presence)) from.confidence = *c;
    from.source = fields.Text("source", presence);
    from.note = fields.Text("note", Presence::kOptional);
    return from;
  }

  DaySpan ReadSpan(YamlFields& fields, std::string_view from, std::string_view to) {
    Day first = fields.Date(from, Presence::kRequired).value_or(0);
    DaySpan span{first, fields.DateOrNull(to, kDateMax)};
    if (span.IsEmpty()) fields.Fault(to, "a day not before the first");
    return span;
  }

  void ReadHead() {
    if (file_.Text("format", Presence::kRequired) != kFormat && file_.Has("format")) {
      file_.Fault("format", std::string(kFormat));
    }
    rules_.key = file_.Text("key", Presence::kRequired);
    if (!rules_.key.empty() && !IsKey(rules_.key)) {
      file_.Fault("key", "lower-case words and numbers joined by '-'");
    }
    rules_.code = file_.Positive("code", Presence::kRequired);
    rules_.version = file_.Positive("version", Presence::kRequired);
    rules_.title = file_.Text("title", Presence::kRequired);
    rules_.authority = file_.Text("authority", Presence::kRequired);
    rules_.phase = file_.Text("phase", Presence::kRequired);
    if (const YamlNode* node = file_.Node("effective", Presence::kRequired)) {
      YamlFields effective(*node, "effective", sink_);
      rules_.effective = ReadSpan(effective, "from", "to");
    }
  }

  void ReadPublished() {
    file_.ForEach("published", Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      PublishedFigure figure;
      figure.fact = item.Text("fact", Presence::kRequired);
      std::string value = item.Text("value", Presence::kRequired);
      std::optional<int64_t> thousandths = ParseThousandths(value);
      if (!value.empty() && !thousandths.has_value()) {
        item.Fault("value", "a number with at most three places");
      }
      figure.thousandths = thousandths.value_or(0);
      figure.provenance = ReadProvenance(item, Presence::kOptional);
      rules_.published.push_back(std::move(figure));
    });
  }

  void ReadNames() {
    const YamlNode* node = file_.Node("names", Presence::kRequired);
    if (node == nullptr) return;
    YamlFields names(*node, "names", sink_);
    for (std::string_view term : kNameTerms) {
      rules_.names[std::string(term)] = names.Text(term, Presence::kRequired);
    }
  }

  void ReadHeadlines() {
    Once once;
    file_.ForEach("headlines", Presence::kRequired, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      Headline headline;
      headline.id = item.Text("id", Presence::kRequired);
      item.Rename(Numbered(path, headline.id));
      headline.num = item.Positive("num", Presence::kRequired);
      if (!headline.id.empty() &&
          (!IsNeedWord(headline.id) || headline.id.find('.') != std::string::npos)) {
        item.Fault("id", "one lower-case word (with '_')");
      }
      headline.title = item.Text("title", Presence::kRequired);
      headline.title_2018 = item.Text("title_2018", Presence::kOptional);
      headline.provenance = ReadProvenance(item, Presence::kOptional);
      once.Note(item, headline.id, headline.num);
      rules_.headlines.push_back(std::move(headline));
    });
  }

  void ReadNeeds() {
    Once once;
    file_.ForEach("needs", Presence::kRequired, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      NeedType need;
      need.id = item.Text("id", Presence::kRequired);
      item.Rename(Numbered(path, need.id));
      need.num = item.Positive("num", Presence::kRequired);
      size_t point = need.id.find('.');
      if (!need.id.empty() && (!IsNeedWord(need.id) || point == std::string::npos)) {
        item.Fault("id", "headline.word, in lower case");
      } else if (!need.id.empty()) {
        need.headline = rules_.FindHeadline(need.id.substr(0, point));
        if (need.headline < 0)
          item.Fault("id", "the id of a headline of this file before the point");
      }
      need.title = item.Text("title", Presence::kRequired);
      need.provenance = ReadProvenance(item, Presence::kRequired);
      once.Note(item, need.id, need.num);
      rules_.needs.push_back(std::move(need));
    });
  }

  void ReadRules() {
    std::set<std::string> ids;
    std::set<uint32_t> nums;
    file_.ForEach("rules", Presence::kRequired, [&](const YamlNode& node, std::string path) {
      Rule rule = ReadRule(node, path, rules_, sink_);
      path = Numbered(path, rule.id);
      if (!rule.id.empty() && !ids.insert(rule.id).second) {
        sink_.Add(node.line, path + ".id", "an id that is used once");
      }
      if (!nums.insert(rule.num).second) {
        sink_.Add(node.line, path + ".num", "a number that is used once in its list");
      }
      rules_.rules.push_back(std::move(rule));
    });
  }

  void ReadGates() {
    Once once;
    std::vector<int> lines;
    file_.ForEach("gates", Presence::kRequired, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      Gate gate;
      gate.id = item.Text("id", Presence::kRequired);
      item.Rename(Numbered(path, gate.id));
      gate.num = item.Positive("num", Presence::kRequired);
      if (!gate.id.empty() && !IsRuleId(gate.id)) {
        item.Fault("id", "capital letters and digits, in parts joined by '-'");
      }
      if (rules_.FindRule(gate.id) >= 0) item.Fault("id", "an id that no rule has");
      gate.title = item.Text("title", Presence::kOptional);
      gate.text = item.Text("expr", Presence::kRequired);
      ReadExpression(item, gate);
      item.ForEach("advice", Presence::kOptional, [&](const YamlNode& line, std::string at) {
        YamlFields fields(line, at, sink_);
        Advice advice;
        if (auto v = fields.Name("verdict", kVerdictNames, Presence::kRequired)) {
          advice.verdict = *v;
        }
        if (auto act = fields.Name("do", kAdviceNames, Presence::kRequired)) advice.act = *act;
        gate.advice.push_back(advice);
      });
      gate.provenance = ReadProvenance(item, Presence::kRequired);
      once.Note(item, gate.id, gate.num);
      lines.push_back(node.line);
      rules_.gates.push_back(std::move(gate));
    });
    for (std::string_view id : {"ELIGIBLE", "SUCCESS"}) {
      if (rules_.FindGate(id) < 0 && file_.Has("gates")) {
        file_.Fault("gates", Joined("a gate ", id));
      }
    }
    ResolveGates(lines);
    OrderGates(lines);
  }

  void ReadExpression(YamlFields& item, Gate& gate) {
    if (gate.text.empty()) return;
    absl::StatusOr<Expression> expression = ParseExpression(gate.text);
    if (expression.ok()) {
      gate.expression = *std::move(expression);
    } else {
      item.Fault("expr", Joined("an expression; ", std::string(expression.status().message())));
    }
  }

  void ResolveGates(const std::vector<int>& lines) {
    for (size_t i = 0; i < rules_.gates.size(); ++i) {
      Gate& gate = rules_.gates[i];
      auto refuse = [&](const std::string& expected) {
        sink_.Add(lines[i], Joined("gates[", gate.id, "].expr"), expected);
      };
      ForEachName(gate.expression, [&](Expression& part) {
        if (part.name.empty()) return;
        if (part.kind == Expression::Kind::kNeed) {
          int need = rules_.FindNeed(part.name);
          int size = static_cast<int>(rules_.headlines.size());
          part.index = need >= 0 ? size + need : rules_.FindHeadline(part.name);
          if (part.index < 0) refuse(Joined("a need or headline instead of ", part.name));
        } else {
          int named = rules_.FindGate(part.name);
          int size = static_cast<int>(rules_.rules.size());
          part.index = named >= 0 ? size + named : rules_.FindRule(part.name);
          if (part.index < 0) refuse(Joined("a rule or gate instead of ", part.name));
        }
      });
    }
  }

  // Puts each gate after those it names; a gate that waits for itself is a cycle.
  void OrderGates(const std::vector<int>& lines) {
    int rule_count = static_cast<int>(rules_.rules.size());
    std::vector<bool> placed(rules_.gates.size(), false);
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t i = 0; i < rules_.gates.size(); ++i) {
        if (placed[i]) continue;
        bool ready = true;
        ForEachName(rules_.gates[i].expression, [&](Expression& part) {
          bool is_gate = part.kind == Expression::Kind::kName && part.index >= rule_count;
          if (is_gate && !placed[static_cast<size_t>(part.index - rule_count)]) ready = false;
        });
        if (!ready) continue;
        placed[i] = moved = true;
        rules_.gate_order.push_back(static_cast<int>(i));
      }
    }
    for (size_t i = 0; i < rules_.gates.size(); ++i) {
      if (placed[i]) continue;
      sink_.Add(lines[i], Joined("gates[", rules_.gates[i].id, "].expr"),
                "no gate that leads back to itself");
    }
  }

  void ReadRoutes() {
    Once once;
    file_.ForEach("routes", Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      Route route;
      route.id = item.Text("id", Presence::kRequired);
      item.Rename(Numbered(path, route.id));
      route.num = item.Positive("num", Presence::kRequired);
      if (!route.id.empty() && !IsRuleId(route.id)) {
        item.Fault("id", "capital letters and digits, in parts joined by '-'");
      }
      std::string gate = item.Text("gate", Presence::kRequired);
      route.gate = rules_.FindGate(gate);
      if (!gate.empty() && route.gate < 0) item.Fault("gate", "the id of a gate of this file");
      route.counts_as_success =
          item.Truth("counts_as_success", Presence::kRequired).value_or(false);
      route.alone = item.Truth("alone", Presence::kOptional).value_or(false);
      once.Note(item, route.id, route.num);
      rules_.routes.push_back(std::move(route));
    });
  }

  void ReadFunding() {
    file_.ForEach("funding", Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      Funding funding;
      funding.days = ReadSpan(item, "from", "to");
      if (auto m = item.Name("mode", kFundingModeNames, Presence::kRequired)) funding.mode = *m;
      funding.upfront_pence = item.Whole("upfront_pence", Presence::kOptional, kPenceMax);
      funding.provenance = ReadProvenance(item, Presence::kOptional);
      for (const Funding& other : rules_.funding) {
        if (Overlap(other.days, funding.days)) {
          item.Fault("from", "days that no other row has: one mode a day");
        }
      }
      rules_.funding.push_back(std::move(funding));
    });
  }

  static bool Overlap(const DaySpan& a, const DaySpan& b) {
    return a.first <= b.last && b.first <= a.last;
  }

  void ReadPayment() {
    const YamlNode* node = file_.Node("payment", Presence::kOptional);
    if (node == nullptr) return;
    YamlFields payment(*node, "payment", sink_);
    if (payment.Text("currency", Presence::kRequired) != "GBP" && payment.Has("currency")) {
      payment.Fault("currency", "GBP");
    }
    rules_.payment.attachment = ReadAmounts(payment, "attachment");
    rules_.payment.results = ReadAmounts(payment, "results");
    rules_.payment.results_cap = ReadAmounts(payment, "results_cap");
    if (const YamlNode* share = payment.Node("funded_families", Presence::kOptional)) {
      YamlFields fields(*share, "payment.funded_families", sink_);
      rules_.payment.funded_paid = static_cast<int>(fields.Positive("paid", Presence::kRequired));
      rules_.payment.funded_of = static_cast<int>(fields.Positive("of", Presence::kRequired));
      if (rules_.payment.funded_paid > rules_.payment.funded_of) {
        fields.Fault("paid", "no more than 'of'");
      }
      ReadProvenance(fields, Presence::kOptional);
    }
  }

  std::vector<Amount> ReadAmounts(YamlFields& payment, std::string_view key) {
    std::vector<Amount> amounts;
    payment.ForEach(key, Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      Amount amount;
      if (key == "results") {
        std::string route = item.Text("route", Presence::kRequired);
        amount.route = rules_.FindRoute(route);
        if (!route.empty() && amount.route < 0)
          item.Fault("route", "the id of a route of this file");
      }
      amount.attached = ReadSpan(item, "attached_from", "attached_to");
      amount.pence = item.Whole("pence", Presence::kRequired, kPenceMax);
      amount.provenance = ReadProvenance(item, Presence::kOptional);
      for (const Amount& other : amounts) {
        if (other.route == amount.route && Overlap(other.attached, amount.attached)) {
          item.Fault("attached_from", "days that no other row has: one amount a day");
        }
      }
      amounts.push_back(std::move(amount));
    });
    return amounts;
  }

  Duration ReadDuration(YamlFields& item, std::string_view key) {
    Duration duration;
    const YamlNode* node = item.Node(key, Presence::kRequired);
    if (node == nullptr) return duration;
    YamlFields fields(*node, Joined(item.path(), ".", key), sink_);
    duration.count = static_cast<int>(fields.Positive("count", Presence::kRequired, 3660));
    if (auto u = fields.Name("unit", kTimeUnitNames, Presence::kRequired)) duration.unit = *u;
    return duration;
  }

  void ReadTimescales() {
    Once once;
    file_.ForEach("timescales", Presence::kOptional, [&](const YamlNode& node, std::string path) {
      YamlFields item(node, path, sink_);
      Timescale scale;
      scale.id = item.Text("id", Presence::kRequired);
      item.Rename(Numbered(path, scale.id));
      scale.num = item.Positive("num", Presence::kRequired);
      if (!scale.id.empty() && !IsRuleId(scale.id)) {
        item.Fault("id", "capital letters and digits, in parts joined by '-'");
      }
      if (auto s = item.Name("step", kTimescaleStepNames, Presence::kRequired)) scale.step = *s;
      if (auto s = item.Name("start", kTimescaleStartNames, Presence::kRequired)) scale.start = *s;
      scale.limit = ReadDuration(item, "limit");
      scale.warn = ReadDuration(item, "warn");
      if ((scale.limit.unit == TimeUnit::kHours) != (scale.warn.unit == TimeUnit::kHours)) {
        item.Fault("warn", "hours exactly if limit is in hours");
      }
      ReadCounting(item, scale);
      scale.repeats = item.Truth("repeats", Presence::kOptional).value_or(false);
      std::string extension = item.Text("extension", Presence::kOptional);
      scale.extendable = extension == "supervisor_reason";
      if (!extension.empty() && (!scale.extendable || scale.limit.unit == TimeUnit::kHours)) {
        item.Fault("extension", "supervisor_reason, and a limit in days or longer");
      }
      scale.provenance = ReadProvenance(item, Presence::kOptional);
      once.Note(item, scale.id, scale.num);
      rules_.timescales.push_back(std::move(scale));
    });
  }

  void ReadCounting(YamlFields& item, Timescale& scale) {
    static constexpr std::array kFirstDays = {EnumName<FirstDay>{"next", FirstDay::kNext},
                                              EnumName<FirstDay>{"same", FirstDay::kSame}};
    static constexpr std::array kHolidays = {
        EnumName<HolidayCounting>{"skip", HolidayCounting::kSkip},
        EnumName<HolidayCounting>{"count", HolidayCounting::kCount}};
    const YamlNode* node = item.Node("counting", Presence::kOptional);
    if (node == nullptr) return;
    YamlFields counting(*node, item.path() + ".counting", sink_);
    if (auto f = counting.Name("first_day", kFirstDays, Presence::kOptional)) scale.first_day = *f;
    if (auto h = counting.Name("bank_holidays", kHolidays, Presence::kOptional)) {
      scale.holidays = *h;
    }
  }

  static constexpr int64_t kPenceMax = 100'000'000'000'000;

  FaultSink& sink_;
  YamlFields file_;
  RuleSet rules_;
};

}  // namespace

RuleSetReading ReadRuleSet(std::string_view file, std::string_view text) {
  RuleSetReading reading;
  YamlNode root = ReadYaml(file, text, reading.faults);
  if (!reading.faults.empty()) return reading;
  RuleSet rules;
  {
    FaultSink sink(file, reading.faults);
    RuleSetReader reader(root, sink);
    rules = reader.Read();
  }
  if (!reading.faults.empty()) {
    std::stable_sort(reading.faults.begin(), reading.faults.end(),
                     [](const FileFault& a, const FileFault& b) { return a.line < b.line; });
    return reading;
  }
  rules.digest = RuleSetDigest(text);
  reading.rule_set = std::move(rules);
  return reading;
}

std::string FileNameOf(const RuleSet& rules) { return rules.key + ".yaml"; }
std::string PreviousFileNameOf(const RuleSet& rules) {
  return Joined(rules.key, "@", rules.version, ".yaml");
}

}  // namespace doorstep
