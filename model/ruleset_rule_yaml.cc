// Rules: which parts a rule may and must have follows from its measure's shape and its operator.
#include <algorithm>
#include <utility>

#include "model/ruleset_yaml.h"

namespace doorstep {
namespace {

bool IsOneOf(Operator op, std::initializer_list<Operator> ops) {
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

bool FitsShape(Operator op, Shape shape) {
  bool orders =
      IsOneOf(op, {Operator::kLess, Operator::kAtMost, Operator::kAtLeast, Operator::kMore});
  switch (shape) {
    case Shape::kEvent:
      return orders || IsOneOf(op, {Operator::kEqual, Operator::kExists, Operator::kNotExists,
                                    Operator::kReducedByAtLeast, Operator::kDueWithin});
    case Shape::kState:
      return IsOneOf(op,
                     {Operator::kEqual, Operator::kIn, Operator::kExists, Operator::kSustainedFor});
    case Shape::kTerm:
      return orders || op == Operator::kImprovedByAtLeast;
    case Shape::kScore:
      return op == Operator::kImprovedByAtLeast;
    case Shape::kRecord:
      return orders || op == Operator::kEqual;
  }
  return false;
}

// The value of one state or record fact as it is stored. nullopt when the text is none.
std::optional<int64_t> ParseValue(std::string_view text, ValueKind kind) {
  switch (kind) {
    case ValueKind::kTruth:
      if (text == "true") return 1;
      if (text == "false") return 0;
      return std::nullopt;
    case ValueKind::kBenefit: {
      int32_t code = FindBenefit(text);
      return code == 0 ? std::nullopt : std::optional<int64_t>(code);
    }
    case ValueKind::kSustained:
      if (text == "lasted") return kLasted;
      if (text == "regressed") return kRegressed;
      return std::nullopt;
    case ValueKind::kNumber: {
      std::optional<int64_t> number = ParseWhole(text, 1'000'000);
      return number.has_value() ? std::optional(*number * 1000) : std::nullopt;
    }
    case ValueKind::kNone:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string_view ValueExpected(ValueKind kind) {
  switch (kind) {
    case ValueKind::kTruth:
      return "true or false";
    case ValueKind::kBenefit:
      return "one of JSA, ESA, IS, IB, CA, SDA, UC, NONE";
    case ValueKind::kSustained:
      return "lasted or regressed";
    case ValueKind::kNumber:
      return "a whole number";
    case ValueKind::kNone:
      return "no value";
  }
  return "";
}

class RuleReader {
 public:
  RuleReader(const YamlNode& node, std::string path, const RuleSet& rules, FaultSink& sink)
      : rules_(rules), fields_(node, std::move(path), sink) {}

  Rule Read() {
    ReadIdentity();
    ReadProvenance();
    ReadAbout();
    ReadOptions();
    // Without measure and operator nothing more can be said about the rest.
    if (!has_measure_ || !has_op_) {
      for (std::string_view key : {"threshold", "window", "baseline", "table"}) {
        fields_.Node(key, Presence::kOptional);
      }
      return std::move(rule_);
    }
    if (!FitsShape(rule_.op, info_->shape)) {
      fields_.Fault("op", "an operator that goes with this measure (docs/programmes.md)");
    }
    ReadTable();
    ReadThreshold();
    ReadWindow();
    ReadBaseline();
    CheckSubject();
    CheckNeedsOfMeasure();
    CheckOptions();
    return std::move(rule_);
  }

 private:
  void ReadIdentity() {
    rule_.id = fields_.Text("id", Presence::kRequired);
    if (!rule_.id.empty()) {
      std::string path = fields_.path();
      fields_.Rename(Joined(path.substr(0, path.find('[')), "[", rule_.id, "]"));
    }
    if (!rule_.id.empty() && !IsRuleId(rule_.id)) {
      fields_.Fault("id", "capital letters and digits, in parts joined by '-'");
    }
    rule_.num = fields_.Positive("num", Presence::kRequired);
    if (auto kind = fields_.Name("kind", kRuleKindNames, Presence::kRequired)) rule_.kind = *kind;
  }

  void ReadProvenance() {
    Provenance& from = rule_.provenance;
    if (auto c = fields_.Name("confidence", kConfidenceNames, Presence::kRequired)) {
      from.confidence = *c;
    }
    from.source = fields_.Text("source", Presence::kRequired);
    from.note = fields_.Text("note", Presence::kOptional);
    rule_.evidence = fields_.Texts("evidence", Presence::kRequired);
    for (const std::string& source : rule_.evidence) {
      if (std::find(kEvidenceSources.begin(), kEvidenceSources.end(), source) ==
          kEvidenceSources.end()) {
        fields_.Fault("evidence", "sources of evidence by their names (docs/programmes.md)");
      }
    }
    if (fields_.Has("evidence") && rule_.evidence.empty()) {
      fields_.Fault("evidence", "at least one source");
    }
  }

  void ReadAbout() {
    if (std::string id = fields_.Text("headline", Presence::kOptional); !id.empty()) {
      rule_.headline = rules_.FindHeadline(id);
      if (rule_.headline < 0) fields_.Fault("headline", "the id of a headline of this file");
    }
    if (std::string id = fields_.Text("need", Presence::kOptional); !id.empty()) {
      rule_.need = rules_.FindNeed(id);
      if (rule_.need < 0) {
        fields_.Fault("need", "the id of a need of this file");
      } else if (rule_.headline >= 0 && rules_.needs[rule_.need].headline != rule_.headline) {
        fields_.Fault("need", "a need of the rule's headline");
      }
    }
    if (auto subject = fields_.Name("subject", kSubjectNames, Presence::kRequired)) {
      rule_.subject = *subject;
    }
    if (std::string name = fields_.Text("measure", Presence::kRequired); !name.empty()) {
      info_ = FindMeasure(name);
      has_measure_ = info_ != nullptr;
      if (has_measure_) rule_.measure = info_->measure;
      if (!has_measure_) fields_.Fault("measure", "the name of a measure (docs/programmes.md)");
    }
    if (auto op = fields_.Name("op", kOperatorNames, Presence::kRequired)) {
      rule_.op = *op;
      has_op_ = true;
    }
    fields_.ForEach("filter", Presence::kOptional, [&](const YamlNode& item, std::string path) {
      std::optional<Filter> filter;
      if (item.kind == YamlNode::Kind::kScalar) filter = FindName(kFilterNames, item.text);
      if (!filter.has_value()) return fields_.sink().Add(item.line, path, NamesOf(kFilterNames));
      rule_.filters.push_back(*filter);
    });
  }

  void ReadOptions() {
    if (auto verdict = fields_.Name("zero_baseline", kVerdictNames, Presence::kOptional)) {
      rule_.zero_baseline = *verdict;
      if (*verdict != RuleVerdict::kNeutral && *verdict != RuleVerdict::kMet) {
        fields_.Fault("zero_baseline", "neutral or met");
      }
    }
    if (auto aggregate = fields_.Name("aggregate", kAggregateNames, Presence::kOptional)) {
      rule_.aggregate = *aggregate;
    }
    rule_.not_applicable = fields_.Name("not_applicable", kVerdictNames, Presence::kOptional);
    if (rule_.not_applicable == RuleVerdict::kMet) {
      fields_.Fault("not_applicable", "neutral, not_met or unknown");
    }
    if (auto missing = fields_.Name("missing_data", kVerdictNames, Presence::kOptional)) {
      if (*missing == RuleVerdict::kNotMet) rule_.missing_data = MissingData::kNotMet;
      if (*missing != RuleVerdict::kNotMet && *missing != RuleVerdict::kUnknown) {
        fields_.Fault("missing_data", "not_met or unknown");
      }
    }
    if (fields_.Truth("discretion", Presence::kOptional).value_or(false)) {
      rule_.discretion = Discretion::kAllowed;
    }
    for (const std::string& name : fields_.Texts("exempt_by", Presence::kOptional)) {
      const MeasureInfo* info = FindMeasure(name);
      if (info == nullptr || info->shape != Shape::kState || info->value != ValueKind::kTruth ||
          info->measure == Measure::kNeedOutcome) {
        fields_.Fault("exempt_by", "states that are true or false");
      } else {
        rule_.exempt_by.push_back(info->measure);
      }
    }
  }

  void ReadTable() {
    const YamlNode* table = fields_.Node("table", Presence::kOptional);
    if (table == nullptr) return;
    YamlFields rows(*table, fields_.path() + ".table", fields_.sink());
    for (const auto& [name, node] : table->fields) {
      rows.Node(name, Presence::kOptional);
      int32_t code = FindBenefit(name);
      if (code == 0 || code == static_cast<int32_t>(Benefit::kNone)) {
        rows.Fault(name, "a benefit: JSA, ESA, IS, IB, CA, SDA or UC");
        continue;
      }
      YamlFields row(node, rows.path() + "." + name, fields_.sink());
      WorkSpell spell;
      if (row.Has("consecutive_weeks")) {
        spell.weeks = static_cast<int>(row.Positive("consecutive_weeks", Presence::kRequired, 520));
        spell.of_weeks = spell.weeks;
      } else {
        spell.weeks = static_cast<int>(row.Positive("weeks", Presence::kRequired, 520));
        spell.of_weeks = static_cast<int>(row.Positive("of_weeks", Presence::kRequired, 520));
        if (spell.weeks > spell.of_weeks) row.Fault("weeks", "no more than of_weeks");
      }
      rule_.table[code] = spell;
    }
    if (rule_.table.empty()) fields_.Fault("table", "at least one benefit");
  }

  void ReadThreshold() {
    Operator op = rule_.op;
    bool counts = info_->shape == Shape::kEvent || info_->shape == Shape::kTerm ||
                  info_->shape == Shape::kScore;
    bool reads =
        !IsOneOf(op, {Operator::kExists, Operator::kNotExists}) || info_->shape == Shape::kState;
    bool optional = info_->value == ValueKind::kTruth && info_->shape == Shape::kState &&
                    IsOneOf(op, {Operator::kSustainedFor, Operator::kExists});
    if (info_->value == ValueKind::kTruth) rule_.threshold = 1;
    if (!reads) {
      if (fields_.Node("threshold", Presence::kOptional) != nullptr) {
        fields_.Fault("threshold", "none: this operator reads no threshold");
      }
      return;
    }
    const YamlNode* node =
        fields_.Node("threshold", optional ? Presence::kOptional : Presence::kRequired);
    if (node == nullptr) return;
    if (op == Operator::kIn) return ReadCodes(*node);
    std::optional<int64_t> value;
    if (node->kind == YamlNode::Kind::kScalar) {
      if (op == Operator::kDueWithin) {
        value = ParseWhole(node->text, 36'600);
      } else {
        value = counts ? ParseThousandths(node->text) : ParseValue(node->text, info_->value);
      }
    }
    if (!value.has_value()) {
      return fields_.Fault("threshold", counts ? "a number with at most three places"
                                               : std::string(ValueExpected(info_->value)));
    }
    rule_.threshold = *value;
    bool is_share = op == Operator::kReducedByAtLeast || info_->shape == Shape::kTerm;
    if (is_share && *value > 1000) fields_.Fault("threshold", "a share from 0 to 1");
    bool ordered =
        IsOneOf(op, {Operator::kLess, Operator::kAtMost, Operator::kAtLeast, Operator::kMore});
    if (info_->shape == Shape::kRecord && ordered && info_->value != ValueKind::kNumber) {
      fields_.Fault("op", "==, for what is true or false");
    }
  }

  void ReadCodes(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kList || node.items.empty()) {
      return fields_.Fault("threshold", "a list");
    }
    for (const YamlNode& item : node.items) {
      std::optional<int64_t> value;
      if (item.kind == YamlNode::Kind::kScalar) value = ParseValue(item.text, info_->value);
      if (!value.has_value()) {
        return fields_.Fault("threshold", std::string(ValueExpected(info_->value)));
      }
      rule_.codes.push_back(static_cast<int32_t>(*value));
    }
  }

  void ReadWindow() {
    bool sustained_record = rule_.measure == Measure::kSustainedCheck;
    bool reads = info_->shape != Shape::kRecord && rule_.op != Operator::kDueWithin;
    const YamlNode* node =
        fields_.Node("window", reads ? Presence::kRequired : Presence::kOptional);
    if (node == nullptr) return;
    if (!reads && !sustained_record) {
      return fields_.Fault("window", "none: this rule reads no window");
    }
    YamlFields window(*node, fields_.path() + ".window", fields_.sink());
    std::optional<WindowKind> kind = window.Name("kind", kWindowNames, Presence::kRequired);
    if (!kind.has_value()) return;
    rule_.window.kind = *kind;
    if (*kind == WindowKind::kLastDays || *kind == WindowKind::kAfterClose) {
      rule_.window.count = static_cast<int>(window.Positive("days", Presence::kRequired, 36'600));
    }
    if (*kind == WindowKind::kLastTerms) {
      rule_.window.count = static_cast<int>(window.Positive("terms", Presence::kRequired, 60));
    }
    CheckWindow(*kind);
  }

  void CheckWindow(WindowKind kind) {
    if (kind == WindowKind::kEver &&
        (info_->world != World::kRecorded || info_->shape != Shape::kEvent)) {
      fields_.Fault("window", "another window: 'ever' is for events recorded in Doorstep itself");
    }
    if (info_->shape == Shape::kTerm && kind != WindowKind::kLastTerms) {
      fields_.Fault("window", "last_terms, for school terms");
    }
    if (info_->shape == Shape::kScore && kind != WindowKind::kSinceStart) {
      fields_.Fault("window", "since_start, for readings on the scale");
    }
    if (info_->shape == Shape::kRecord && kind != WindowKind::kAfterClose) {
      fields_.Fault("window", "after_close, for the sustained check");
    }
    bool by_benefit = kind == WindowKind::kByBenefit;
    if (by_benefit != !rule_.table.empty()) {
      fields_.Fault(by_benefit ? "window" : "table", "by_benefit and a table together");
    } else if (by_benefit && (rule_.measure != Measure::kEmployed ||
                              rule_.op != Operator::kSustainedFor || rule_.threshold != 1)) {
      fields_.Fault("window", "measure employed and op sustained_for with by_benefit");
    }
  }

  void ReadBaseline() {
    bool reads =
        rule_.op == Operator::kReducedByAtLeast || rule_.op == Operator::kImprovedByAtLeast;
    const YamlNode* node =
        fields_.Node("baseline", reads ? Presence::kRequired : Presence::kOptional);
    if (node == nullptr) return;
    if (!reads) return fields_.Fault("baseline", "none: this operator reads no baseline");
    YamlFields baseline(*node, fields_.path() + ".baseline", fields_.sink());
    std::optional<BaselineKind> kind = baseline.Name("kind", kBaselineNames, Presence::kRequired);
    if (!kind.has_value()) return;
    rule_.baseline.kind = *kind;
    if (*kind == BaselineKind::kBeforeStart) {
      rule_.baseline.count =
          static_cast<int>(baseline.Positive("days", Presence::kRequired, 36'600));
    }
    if (*kind == BaselineKind::kTermsBeforeStart) {
      rule_.baseline.count = static_cast<int>(baseline.Positive("terms", Presence::kRequired, 60));
    }
    bool fits = info_->shape == Shape::kEvent  ? *kind != BaselineKind::kAtStart
                : info_->shape == Shape::kTerm ? *kind == BaselineKind::kTermsBeforeStart
                                               : *kind == BaselineKind::kAtStart;
    if (!fits) fields_.Fault("baseline", "a baseline that goes with this measure");
    if (*kind == BaselineKind::kPrecedingEqualWindow && rule_.window.kind == WindowKind::kEver) {
      fields_.Fault("baseline", "a window with a first day before an equal window");
    }
  }

  void CheckSubject() {
    bool episode = rule_.subject == SubjectKind::kEpisode;
    if (episode != (info_->shape == Shape::kRecord)) {
      fields_.Fault("subject", episode ? "a person or the family, for this measure"
                                       : "episode, for a fact computed from records");
    }
    bool pooled = rule_.subject == SubjectKind::kFamily;
    if (pooled && (info_->shape == Shape::kTerm || rule_.window.kind == WindowKind::kByBenefit)) {
      fields_.Fault("subject", "persons: this measure is of one person");
    }
    if (episode && !rule_.filters.empty()) fields_.Fault("filter", "none, for the episode");
  }

  void CheckNeedsOfMeasure() {
    bool about = rule_.need >= 0 || rule_.headline >= 0;
    if (rule_.measure == Measure::kNomination && rule_.headline < 0) {
      fields_.Fault("headline", "the headline under which a problem is named");
    }
    if ((rule_.measure == Measure::kNeedOutcome || info_->shape == Shape::kScore) && !about) {
      fields_.Fault("need", "a need or a headline, for this measure");
    }
    bool with_need = std::find(rule_.filters.begin(), rule_.filters.end(), Filter::kWithNeed) !=
                     rule_.filters.end();
    if (with_need && !about) fields_.Fault("filter", "a need or a headline besides with_need");
  }

  void CheckOptions() {
    auto only = [&](std::string_view key, bool fits, std::string_view where) {
      if (fields_.Has(key) && !fits) fields_.Fault(key, Joined("this only with ", where));
    };
    only("zero_baseline", rule_.op == Operator::kReducedByAtLeast, "reduced_by_at_least");
    only("aggregate", info_->shape == Shape::kTerm && rule_.op != Operator::kImprovedByAtLeast,
         "a comparison of school terms");
    only("exempt_by", info_->shape == Shape::kTerm, "school terms");
    only("not_applicable", rule_.subject != SubjectKind::kEpisode, "persons or the family");
    only("missing_data", rule_.subject != SubjectKind::kEpisode, "persons or the family");
  }

  const RuleSet& rules_;
  YamlFields fields_;
  Rule rule_;
  const MeasureInfo* info_ = nullptr;
  bool has_measure_ = false;
  bool has_op_ = false;
};

}  // namespace

Rule ReadRule(const YamlNode& node, std::string path, const RuleSet& rules, FaultSink& sink) {
  return RuleReader(node, std::move(path), rules, sink).Read();
}

}  // namespace doorstep
