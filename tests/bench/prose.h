// Text that no person wrote, with the shape of what key workers write: a vocabulary of about 900
// words of which the ten commonest are a quarter of the text and the 200 commonest three quarters,
// sentences of about ten words in turns of phrase that come back. What matters of it is how well it
// compresses, alone and together, and how many words an index gets.
#ifndef DOORSTEP_TESTS_BENCH_PROSE_H_
#define DOORSTEP_TESTS_BENCH_PROSE_H_

#include <string>
#include <vector>

#include "tests/bench/draw.h"

namespace doorstep::bench {

class Prose {
 public:
  explicit Prose(uint64_t seed);

  // At least `min` bytes of whole sentences, at most `max`.
  std::string Write(Draw& draw, int64_t min, int64_t max) const;
  // A name, the same for the same number.
  const std::string& Name(size_t number) const { return names_[number % names_.size()]; }
  // A word of the middle of the vocabulary: found in some of the text, not in most of it.
  const std::string& Word(size_t number) const { return content_[(50 + number) % content_.size()]; }

 private:
  enum class Slot : uint8_t { kFixed, kContent, kNumber, kName };
  struct Part {
    Slot slot;
    std::string word;  // kFixed
  };
  using Turn = std::vector<Part>;

  std::string MakeWord(Draw& draw, size_t syllables);
  Turn MakeTurn(Draw& draw);
  void AppendTurn(Draw& draw, std::string& text) const;
  const std::string& Content(Draw& draw) const;

  std::vector<std::string> common_, content_, names_;
  std::vector<Turn> turns_;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_PROSE_H_
