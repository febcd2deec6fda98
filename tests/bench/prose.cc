#include "tests/bench/prose.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace doorstep::bench {
namespace {

constexpr size_t kCommonWords = 60, kContentWords = 780, kNames = 70, kTurns = 40;
constexpr std::array<const char*, 24> kBegin = {"b", "ch", "d",  "f",  "g",  "h",  "k", "l",
                                                "m", "n",  "p",  "r",  "s",  "sh", "t", "th",
                                                "v", "w",  "st", "tr", "pl", "gr", "",  "j"};
constexpr std::array<const char*, 10> kMiddle = {"a",  "e",  "i",  "o", "u",
                                                 "ea", "oo", "ai", "e", "a"};
constexpr std::array<const char*, 12> kEnd = {"",  "",  "",   "n",  "r", "t",
                                              "l", "s", "nd", "ng", "m", "ck"};

}  // namespace

std::string Prose::MakeWord(Draw& draw, size_t syllables) {
  std::string word;
  for (size_t i = 0; i < syllables; ++i) {
    word += kBegin[draw.Below(kBegin.size())];
    word += kMiddle[draw.Below(kMiddle.size())];
    if (i + 1 == syllables || draw.Percent(20)) word += kEnd[draw.Below(kEnd.size())];
  }
  return word;
}

Prose::Prose(uint64_t seed) {
  Draw draw(seed);
  for (size_t i = 0; i < kCommonWords; ++i) common_.push_back(MakeWord(draw, 1));
  for (size_t i = 0; i < kContentWords; ++i) {
    content_.push_back(MakeWord(draw, draw.Percent(25) ? 1 : draw.Percent(85) ? 2 : 3));
  }
  for (size_t i = 0; i < kNames; ++i) {
    std::string name = MakeWord(draw, 2);
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    names_.push_back(name);
  }
  for (size_t i = 0; i < kTurns; ++i) turns_.push_back(MakeTurn(draw));
}

// Seven words or so: a fixed skeleton of common ones with a few places left open.
Prose::Turn Prose::MakeTurn(Draw& draw) {
  Turn turn;
  const size_t words = 5 + draw.Below(5);
  for (size_t i = 0; i < words; ++i) {
    const size_t kind = draw.Below(100);
    if (kind < 47) {
      const double skewed = std::pow(draw.Fraction(), 2.2);
      turn.push_back({Slot::kFixed, common_[static_cast<size_t>(skewed * kCommonWords)]});
    } else if (kind < 90) {
      turn.push_back({Slot::kContent, ""});
    } else {
      turn.push_back({kind < 96 ? Slot::kNumber : Slot::kName, ""});
    }
  }
  return turn;
}

const std::string& Prose::Content(Draw& draw) const {
  return content_[static_cast<size_t>(std::pow(draw.Fraction(), 1.9) * kContentWords)];
}

void Prose::AppendTurn(Draw& draw, std::string& text) const {
  for (const Part& part : turns_[draw.Below(turns_.size())]) {
    if (!text.empty()) text += ' ';
    switch (part.slot) {
      case Slot::kFixed:
        text += part.word;
        break;
      case Slot::kContent:
        text += Content(draw);
        break;
      case Slot::kNumber:
        text += std::to_string(draw.Between(1, 60));
        break;
      case Slot::kName:
        text += names_[draw.Below(names_.size())];
        break;
    }
  }
}

std::string Prose::Write(Draw& draw, int64_t min, int64_t max) const {
  const auto target = static_cast<size_t>(draw.Between(min, max));
  std::string text;
  while (text.size() < target) {
    AppendTurn(draw, text);
    if (draw.Percent(40)) {
      text += draw.Percent(50) ? ", " : "; ";
      text += common_[draw.Below(8)];
      AppendTurn(draw, text);
    }
    text += draw.Percent(93) ? "." : "?";
  }
  if (text.size() > static_cast<size_t>(max)) {
    text.resize(static_cast<size_t>(max) - 1);
    text.resize(std::max<size_t>(text.rfind(' '), 1));
    text += '.';
  }
  return text;
}

}  // namespace doorstep::bench
