#include "client-core/client/programme_answer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "crypto/reason.h"
#include "model/joined.h"
#include "model/programme.h"
#include "model/programme_book.h"
#include "model/programme_clocks.h"
#include "model/programme_facts.h"
#include "model/programme_words.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

std::string DayOrEmpty(const std::optional<Day>& day) {
  return day.has_value() ? DayText(*day) : "";
}

std::string_view StateName(EpisodePin::State state) {
  switch (state) {
    case EpisodePin::State::kPending:
      return "PENDING";
    case EpisodePin::State::kActive:
      return "ACTIVE";
    case EpisodePin::State::kClosed:
      return "CLOSED";
    case EpisodePin::State::kCancelled:
      return "CANCELLED";
    case EpisodePin::State::kUnknown:
      return "";
  }
  return "";
}

// YYYY-MM-DDThh:mm:ssZ.
std::string InstantText(int64_t ms) {
  int64_t seconds = ms / 1000 - int64_t{UtcDay(ms)} * 86'400;
  auto two = [](int64_t n) { return Joined(n < 10 ? "0" : "", n); };
  return Joined(DayText(UtcDay(ms)), 'T', two(seconds / 3600), ':', two(seconds / 60 % 60), ':',
                two(seconds % 60), 'Z');
}

v1::ProgrammeLine LineOf(const RuleSet& rules) {
  v1::ProgrammeLine line;
  line.set_ruleset(rules.code);
  line.set_version(rules.version);
  line.set_key(rules.key);
  line.set_title(rules.title);
  line.set_authority(rules.authority);
  line.set_phase(rules.phase);
  line.set_effective_from(DayText(rules.effective.first));
  if (rules.effective.last != kDateMax) line.set_effective_to(DayText(rules.effective.last));
  line.set_shipped(ShippedLibrary().Find(rules.code, rules.version) == &rules);
  line.set_digest(std::string(View(rules.digest)));
  line.set_rules(static_cast<uint32_t>(rules.rules.size()));
  for (const Rule& rule : rules.rules) {
    if (rule.provenance.confidence != Confidence::kFound) line.add_unconfirmed(rule.id);
  }
  return line;
}

void Activate(const Activation& activation, Viewer& viewer, v1::ProgrammeLine& line) {
  line.set_activation(activation.id.str());
  line.set_active_from(DayText(activation.from));
  line.set_active_to(DayOrEmpty(activation.to));
  if (!activation.confirmed_by.is_zero()) {
    line.set_confirmed_by_name(viewer.names().Person(activation.confirmed_by));
  }
  line.set_confirmed_on(DayOrEmpty(activation.confirmed));
  if (!line.digest().empty() && View(activation.digest) != line.digest()) {
    line.add_problems("the activation was made for another text of this rule-set");
  }
}

void AddRules(const RuleSet& rules, const Evaluation& evaluation, const Facts& facts,
              v1::ProgrammeAnswer& answer) {
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    const Rule& rule = rules.rules[i];
    const RuleResult& result = evaluation.rules[i];
    v1::ProgrammeAnswer::Rule* line = answer.add_rules();
    line->set_id(rule.id);
    line->set_num(rule.num);
    line->set_kind(std::string(NameOf(kRuleKindNames, rule.kind)));
    if (rule.headline >= 0) {
      line->set_headline(rules.headlines[static_cast<size_t>(rule.headline)].title);
    }
    line->set_verdict(std::string(VerdictName(result.verdict)));
    line->set_confidence(std::string(NameOf(kConfidenceNames, rule.provenance.confidence)));
    for (int index : result.deciding) {
      const Finding& finding = result.findings[static_cast<size_t>(index)];
      for (VerdictReason reason : finding.reasons) {
        std::string code(NameOf(kReasonNames, reason));
        if (finding.person >= 0) {
          const std::string& key = facts.persons[static_cast<size_t>(finding.person)].key;
          code += Joined(':', ToHex(key));
        }
        line->add_reasons(code);
      }
    }
    for (const std::string& sentence : SentencesOf(rules, rule, result, facts)) {
      line->add_sentences(sentence);
    }
    for (int item : EvidenceUsed(result)) {
      line->add_evidence(facts.items[static_cast<size_t>(item)]);
    }
  }
}

void AddGates(const RuleSet& rules, const Evaluation& evaluation, const Facts& facts, Day as_of,
              v1::ProgrammeAnswer& answer) {
  for (size_t i = 0; i < rules.gates.size(); ++i) {
    const Gate& gate = rules.gates[i];
    int index = static_cast<int>(i);
    v1::ProgrammeAnswer::Gate* line = answer.add_gates();
    line->set_id(gate.id);
    line->set_num(gate.num);
    line->set_title(gate.title);
    line->set_verdict(std::string(VerdictName(evaluation.gates[i])));
    line->set_sentence(GateSentence(rules, index, evaluation));
    for (int rule : RulesThatWouldDecide(rules, index, facts, as_of, evaluation)) {
      line->add_would_decide(rules.rules[static_cast<size_t>(rule)].id);
    }
  }
  for (AdviceKind act : evaluation.advice) {
    answer.add_advice(std::string(NameOf(kAdviceNames, act)));
  }
}

void AddTimescales(const RuleSet& rules, const std::vector<EpisodeClock>& clocks,
                   v1::ProgrammeAnswer& answer) {
  for (const EpisodeClock& clock : clocks) {
    const Timescale& scale = rules.timescales[static_cast<size_t>(clock.timescale)];
    v1::ProgrammeAnswer::Timescale* line = answer.add_timescales();
    line->set_id(scale.id);
    line->set_step(std::string(NameOf(kTimescaleStepNames, scale.step)));
    line->set_verdict(std::string(NameOf(kTimescaleVerdictNames, clock.standing.verdict)));
    if (clock.standing.due.has_value()) {
      line->set_due(CountsInHours(scale) ? InstantText(*clock.standing.due)
                                         : DayText(static_cast<Day>(*clock.standing.due)));
    }
    line->set_extended(clock.standing.extended);
    if (!clock.about.is_zero()) line->set_about(clock.about.str());
  }
}

}  // namespace

absl::StatusOr<std::vector<v1::ProgrammeLine>> AnswerProgrammes(const Desk& desk, Viewer& viewer,
                                                                int64_t now_ms) {
  absl::StatusOr<OverlayScope*> directory = desk.store.overlay().Of(desk.tenant(), now_ms);
  if (!directory.ok()) return directory.status();
  ProgrammeBook book = ReadBook(*(*directory)->state);
  std::vector<Activation> activations = ActivationsOf(*(*directory)->state);
  if (!(*directory)->state->status().ok()) return (*directory)->state->status();
  std::vector<v1::ProgrammeLine> lines;
  auto add = [&](const v1::ProgrammeLine& line) {
    bool used = false;
    for (const Activation& activation : activations) {
      if (activation.ruleset != line.ruleset() || activation.version != line.version()) continue;
      used = true;
      Activate(activation, viewer, lines.emplace_back(line));
    }
    if (!used) lines.push_back(line);
  };
  for (const RuleSet* rules : book.library.All()) add(LineOf(*rules));
  for (const ProgrammeBook::Problem& problem : book.problems) {
    v1::ProgrammeLine line;
    line.set_ruleset(problem.ruleset);
    line.set_version(problem.version);
    line.add_problems(problem.words);
    lines.push_back(line);
  }
  for (const Activation& activation : activations) {
    if (book.library.Find(activation.ruleset, activation.version) != nullptr) continue;
    v1::ProgrammeLine line;
    line.set_ruleset(activation.ruleset);
    line.set_version(activation.version);
    line.add_problems("this rule-set is not on this device: it may come with a newer release");
    Activate(activation, viewer, lines.emplace_back(line));
  }
  return lines;
}

absl::StatusOr<std::vector<v1::ProgrammeAnswer>> AnswerProgramme(const Desk& desk, const Id& family,
                                                                 const v1::Query::Programme& query,
                                                                 int64_t now_ms) {
  Day today = LondonDay(now_ms);
  std::optional<Day> as_of = query.as_of().empty() ? today : ParseDay(query.as_of());
  if (!as_of.has_value()) return MakeStatus(Reason::kArg, "a day is written YYYY-MM-DD");
  absl::StatusOr<OverlayScope*> directory = desk.store.overlay().Of(desk.tenant(), now_ms);
  if (!directory.ok()) return directory.status();
  ProgrammeBook book = ReadBook(*(*directory)->state);
  AuthorityCalendar calendar = CalendarOf(*(*directory)->state);
  absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(family, now_ms);
  if (!seen.ok()) return seen.status();
  ScopeState& state = *(*seen)->state;

  std::vector<v1::ProgrammeAnswer> answers;
  for (const EpisodePin& episode : EpisodesOf(state)) {
    bool asked = query.episode().empty() ? episode.state != EpisodePin::State::kCancelled
                                         : query.episode() == episode.id.view();
    if (!asked) continue;
    v1::ProgrammeAnswer& answer = answers.emplace_back();
    answer.set_episode(episode.id.str());
    answer.set_ruleset(episode.ruleset);
    answer.set_version(episode.version);
    answer.set_state(std::string(StateName(episode.state)));
    answer.set_as_of(DayText(*as_of));
    const RuleSet* rules = book.library.Find(episode.ruleset, episode.version);
    if (rules == nullptr) continue;
    answer.set_here(true);
    answer.set_key(rules->key);
    answer.set_title(rules->title);
    for (const auto& [term, word] : rules->names) (*answer.mutable_names())[term] = word;
    FactsReading reading = ReadFacts(state, episode, *rules, *as_of);
    Evaluation evaluation = EvaluateProgramme(*rules, reading.facts, *as_of, calendar.terms);
    Hash32 digest = InputsDigest(*rules, reading.facts, *as_of, calendar.terms);
    answer.set_inputs_digest(std::string(View(digest)));
    AddRules(*rules, evaluation, reading.facts, answer);
    AddGates(*rules, evaluation, reading.facts, *as_of, answer);
    AddTimescales(*rules, ClocksOf(state, episode, *rules, now_ms, calendar.holidays), answer);
    for (const FactFault& fault : reading.faults) {
      v1::ProgrammeAnswer::Problem* problem = answer.add_problems();
      problem->set_record(fault.item.str());
      problem->set_words(fault.why);
    }
  }
  if (!state.status().ok()) return state.status();
  if (answers.empty() && !query.episode().empty()) {
    return MakeStatus(Reason::kNotFound, "this episode is not here");
  }
  return answers;
}

}  // namespace doorstep::client
