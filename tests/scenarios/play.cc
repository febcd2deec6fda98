#include "tests/scenarios/play.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <regex>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "model/catalog.h"
#include "tests/scenarios/acts.h"
#include "tests/scenarios/looks.h"
#include "tests/scenarios/stage.h"

namespace doorstep::scenarios {
namespace {

using Match = std::smatch;

// What a sentence says of the changeset it writes: that the office will take it, if nothing else.
Expected TakeExpectation(std::string& text) {
  static const std::regex held(R"(^(.*\S)\s+\(held ([a-z_]+)\)$)");
  static const std::regex refused(R"(^(.*\S)\s+\(refused\)$)");
  Match match;
  if (std::regex_match(text, match, held)) {
    const Expected expected{Expected::Outcome::kHeld, match[2]};
    text = std::string(match[1]);
    return expected;
  }
  if (std::regex_match(text, match, refused)) {
    text = std::string(match[1]);
    return {Expected::Outcome::kRefused, ""};
  }
  return {};
}

class Actor {
 public:
  explicit Actor(Stage& stage) : stage_(stage) {}

  absl::Status Do(const ScriptStep& step) {
    std::string text = step.text;
    // The expectation stands at the end of the whole step.
    std::vector<std::string> more = step.more;
    const Expected expected = TakeExpectation(more.empty() ? text : more.back());
    for (const Sentence& sentence : Sentences()) {
      Match match;
      if (std::regex_match(text, match, sentence.pattern)) {
        return sentence.act(*this, match, more, expected);
      }
    }
    return absl::InvalidArgumentError("no sentence of the language reads like this");
  }

 private:
  using More = std::vector<std::string>;
  struct Sentence {
    std::regex pattern;
    std::function<absl::Status(Actor&, const Match&, const More&, const Expected&)> act;
  };
  static const std::vector<Sentence>& Sentences();

  std::vector<std::string> People(const std::string& text) const {
    if (text == "everybody") return stage_.Everybody();
    std::vector<std::string> names;
    for (absl::string_view name :
         absl::StrSplit(absl::StrReplaceAll(text, {{" and ", ","}}), ',', absl::SkipEmpty())) {
      names.emplace_back(absl::StripAsciiWhitespace(name));
    }
    return names;
  }

  Stage& stage_;
};

const std::vector<Actor::Sentence>& Actor::Sentences() {
  static const std::vector<Sentence>* const sentences = [] {
    auto* all = new std::vector<Sentence>();
    auto write = [all](const char* pattern, auto act) {
      all->push_back({std::regex(pattern), act});
    };
    const auto none = [](const More& more) {
      return more.empty() ? absl::OkStatus()
                          : absl::InvalidArgumentError("nothing can be added to this sentence");
    };
    // A sentence that writes nothing stands alone.
    auto say = [all, none](const char* pattern, auto act) {
      all->push_back({std::regex(pattern),
                      [act, none](Actor& a, const Match& m, const More& more, const Expected& e) {
                        if (e.outcome != Expected::Outcome::kApplied) {
                          return absl::InvalidArgumentError("only what is written can be held");
                        }
                        const absl::Status status = none(more);
                        return status.ok() ? absl::Status(act(a, m)) : status;
                      }});
    };

    // ---- Time, network, disks ----
    say(R"(((?:\w+, )*\w+(?: and \w+)?) syncs?)", [](Actor& a, const Match& m) {
      absl::Status status;
      for (const std::string& name : a.People(m[1])) {
        if (status.ok()) status = a.stage_.Sync(name);
      }
      return status;
    });
    say(R"((\d+) (minutes?|hours?|days?) pass(?:es)?)", [](Actor& a, const Match& m) {
      int64_t n = 0;
      if (!absl::SimpleAtoi(m[1].str(), &n)) return absl::InvalidArgumentError("how long?");
      const char unit = m[2].str()[0];
      a.stage_.Pass(n * (unit == 'm' ? 60'000 : unit == 'h' ? 3'600'000 : 86'400'000));
      return absl::OkStatus();
    });
    say(R"((\w+)'s device is copied as (\w+))", [](Actor& a, const Match& m) {
      a.stage_.images[m[2]] = a.stage_.DeviceOf(m[1]).Image();
      return absl::OkStatus();
    });
    say(R"((\w+)'s device is put back to (\w+))", [](Actor& a, const Match& m) {
      a.stage_.DeviceOf(m[1]).Reopen(&a.stage_.images.at(m[2]));
      return absl::OkStatus();
    });
    say(R"((\w+)'s device is switched off and on)", [](Actor& a, const Match& m) {
      a.stage_.DeviceOf(m[1]).Reopen();
      return absl::OkStatus();
    });
    say(R"(the office is backed up as (\w+))", [](Actor& a, const Match& m) {
      simulation::Backup backup = a.stage_.office().Copy();
      a.stage_.office().Archive(backup);
      a.stage_.backups[m[1]] = std::move(backup);
      return absl::OkStatus();
    });
    say(R"(the office is restored from (\w+))", [](Actor& a, const Match& m) {
      a.stage_.office().PutBack(a.stage_.backups.at(m[1]).image, ServerUnit::Told::kGate);
      return absl::OkStatus();
    });

    // ---- What people do ----
    write(R"((\w+) begins the family (\w+)(?: of (\w+))? with (.+))",
          [](Actor& a, const Match& m, const More& more, const Expected& e) {
            return BeginFamily(a.stage_, m[1], m[2], m[3].matched ? m[3].str() : "North", m[4],
                               more, e);
          });
    write(R"((\w+) ((?:makes|changes|settles) .+))",
          [](Actor& a, const Match& m, const More& more, const Expected& e) {
            More parts = {m[2]};
            parts.insert(parts.end(), more.begin(), more.end());
            return Write(a.stage_, m[1], parts, e);
          });
    write(R"((\w+) (submits|withdraws|approves|returns) (\w+)(?:: (.+))?)",
          [none](Actor& a, const Match& m, const More& more, const Expected& e) {
            absl::Status status = none(more);
            return status.ok() ? Decide(a.stage_, m[1], m[2], m[3], "", m[4], e) : status;
          });
    write(R"((\w+) notes that (\w+) (agrees to|declines) (\w+))",
          [none](Actor& a, const Match& m, const More& more, const Expected& e) {
            absl::Status status = none(more);
            return status.ok() ? Decide(a.stage_, m[1], m[3], m[4], m[2], "", e) : status;
          });
    write(R"((\w+) (releases|declines) (\w+))",
          [none](Actor& a, const Match& m, const More& more, const Expected& e) {
            absl::Status status = none(more);
            return status.ok() ? DecideHeld(a.stage_, m[1], m[2] == "releases", m[3], e) : status;
          });
    write(R"((\w+) hands (\w+) from (\w+) to (\w+))",
          [none](Actor& a, const Match& m, const More& more, const Expected& e) {
            absl::Status status = none(more);
            return status.ok() ? ChangePlaces(a.stage_, m[1], m[2], m[3], m[4], "LEAD", e) : status;
          });
    write(R"((\w+) ends (\w+)'s place in (\w+))",
          [none](Actor& a, const Match& m, const More& more, const Expected& e) {
            absl::Status status = none(more);
            return status.ok() ? ChangePlaces(a.stage_, m[1], m[3], m[2], "", "", e) : status;
          });
    write(R"((\w+) gives (\w+) the place ([A-Z_]+) in (\w+)(?:: (.+))?)",
          [none](Actor& a, const Match& m, const More& more, const Expected& e) {
            absl::Status status = none(more);
            return status.ok() ? ChangePlaces(a.stage_, m[1], m[4], "", m[2], m[3], e, m[5])
                               : status;
          });

    // ---- What is there then ----
    say(R"((\w+) sees (\w+): (.+))",
        [](Actor& a, const Match& m) { return Sees(a.stage_, m[1], m[2], m[3]); });
    say(R"((\w+) does not see (\w+))",
        [](Actor& a, const Match& m) { return DoesNotSee(a.stage_, m[1], m[2]); });
    say(R"((\w+) (carries|does not carry) (\w+))",
        [](Actor& a, const Match& m) { return Carries(a.stage_, m[1], m[3], m[2] == "carries"); });
    say(R"((\w+) finds (\w+) ([A-Z_]+)( provisionally)?)", [](Actor& a, const Match& m) {
      return FindsPlan(a.stage_, m[1], m[2], m[3], m[4].matched);
    });
    say(R"((\w+) is asked about (\w+): ([A-Z_]+)(?: ([a-z_]+))?)",
        [](Actor& a, const Match& m) { return IsAsked(a.stage_, m[1], m[2], m[3], m[4]); });
    say(R"((\w+) is asked nothing)",
        [](Actor& a, const Match& m) { return IsAskedNothing(a.stage_, m[1]); });
    say(R"(at the office (\w+) is (applied|held)(?: ([a-z_]+))?)", [](Actor& a, const Match& m) {
      return AtTheOffice(a.stage_, m[1], m[2] == "applied", m[3]);
    });
    say(R"((\w+) has nothing unsent)",
        [](Actor& a, const Match& m) { return HasUnsent(a.stage_, m[1], 0); });
    say(R"((\w+) has (\d+) unsent)", [](Actor& a, const Match& m) {
      uint32_t n = 0;
      if (!absl::SimpleAtoi(m[2].str(), &n)) return absl::InvalidArgumentError("how many?");
      return HasUnsent(a.stage_, m[1], n);
    });
    say(R"xx((\w+) (can|cannot) read "([^"]+)")xx",
        [](Actor& a, const Match& m) { return CanRead(a.stage_, m[1], m[3], m[2] == "can"); });
    say(R"xx((\w+)'s disk does not hold "([^"]+)")xx",
        [](Actor& a, const Match& m) { return DiskDoesNotHold(a.stage_, m[1], m[2]); });
    say(R"xx(the office (can|cannot) read "([^"]+)")xx",
        [](Actor& a, const Match& m) { return OfficeCanRead(a.stage_, m[2], m[1] == "can"); });
    say(R"xx((\w+) finds (\d+) with "([^"]*)")xx", [](Actor& a, const Match& m) {
      size_t n = 0;
      if (!absl::SimpleAtoi(m[2].str(), &n)) return absl::InvalidArgumentError("how many?");
      return Finds(a.stage_, m[1], n, m[3]);
    });
    say(R"((\w+)'s worklist holds no ([a-z_]+))",
        [](Actor& a, const Match& m) { return NotOnWorklist(a.stage_, m[1], m[2]); });
    say(R"((\w+)'s worklist holds ([a-z_]+) about (\w+)(?:, ([a-z_]+))?)",
        [](Actor& a, const Match& m) { return OnWorklist(a.stage_, m[1], m[2], m[3], m[4]); });
    say(R"xx((\w+)'s page of (\w+) (says|does not say) "([^"]+)")xx", [](Actor& a, const Match& m) {
      return PageSays(a.stage_, m[1], m[2], m[4], m[3] == "says");
    });
    say(R"((\w+) reads that (\w+) of (\w+) is ([A-Z_]+)( to an earlier version)?)",
        [](Actor& a, const Match& m) {
          return Agreed(a.stage_, m[1], m[2], m[3], m[4], m[5].matched);
        });
    say(R"(all agree)", [](Actor& a, const Match&) { return AllAgree(a.stage_); });
    return all;
  }();
  return *sentences;
}

}  // namespace

absl::Status Play(const Scenario& scenario) {
  std::set<std::string> names;
  for (const ScriptStep& step : scenario.steps) {
    for (absl::string_view word : absl::StrSplit(step.text, absl::ByAnyChar(" ,:.'\"()"))) {
      if (Stage::IsOfTheCast(std::string(word))) names.insert(std::string(word));
    }
  }
  Stage stage(names);
  Actor actor(stage);
  for (const ScriptStep& step : scenario.steps) {
    const absl::Status done = actor.Do(step);
    if (!done.ok()) {
      return absl::Status(
          done.code(), absl::StrCat("line ", step.line, ": ", step.text, "\n  ", done.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace doorstep::scenarios
