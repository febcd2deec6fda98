// What was measured, with its unit and, where there is one, what it is held against.
#ifndef DOORSTEP_TESTS_BENCH_FIGURES_H_
#define DOORSTEP_TESTS_BENCH_FIGURES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep::bench {

// `value` against `limit`.
struct Target {
  enum class Kind : uint8_t { kNone, kAtLeast, kAtMost };
  Kind kind = Kind::kNone;
  double limit = 0;
};
inline Target AtLeast(double limit) { return {Target::Kind::kAtLeast, limit}; }
inline Target AtMost(double limit) { return {Target::Kind::kAtMost, limit}; }

struct Figure {
  std::string name;  // measure/what
  double value = 0;
  std::string unit;
  Target target;
};
bool Met(const Figure& figure);

// The share of `milliseconds` in order: 50 is the median. Sorts.
double Percentile(std::vector<double>& milliseconds, double percent);

class Figures {
 public:
  void Add(std::string_view name, double value, std::string_view unit, Target target = {});
  const std::vector<Figure>& all() const { return figures_; }

  // Lines for a person.
  std::string Table() const;
  // One JSON object: `about` by name, then the figures.
  using About = std::vector<std::pair<std::string, std::string>>;
  std::string Json(const About& about) const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_FIGURES_H_
