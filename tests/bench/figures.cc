#include "tests/bench/figures.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"

namespace doorstep::bench {

bool Met(const Figure& figure) {
  switch (figure.target.kind) {
    case Target::Kind::kAtLeast:
      return figure.value >= figure.target.limit;
    case Target::Kind::kAtMost:
      return figure.value <= figure.target.limit;
    case Target::Kind::kNone:
      break;
  }
  return true;
}

double Percentile(std::vector<double>& milliseconds, double percent) {
  assert(!milliseconds.empty());
  std::sort(milliseconds.begin(), milliseconds.end());
  const double place = percent / 100 * static_cast<double>(milliseconds.size() - 1);
  return milliseconds[static_cast<size_t>(std::lround(place))];
}

void Figures::Add(std::string_view name, double value, std::string_view unit, Target target) {
  figures_.push_back({std::string(name), value, std::string(unit), target});
}

std::string Figures::Table() const {
  std::string text;
  for (const Figure& figure : figures_) {
    absl::StrAppendFormat(&text, "%-36s %12.3f %-8s", figure.name, figure.value, figure.unit);
    if (figure.target.kind != Target::Kind::kNone) {
      const char* way = figure.target.kind == Target::Kind::kAtLeast ? "at least" : "at most";
      absl::StrAppendFormat(&text, " %s %g: %s", way, figure.target.limit,
                            Met(figure) ? "met" : "MISSED");
    }
    text += '\n';
  }
  return text;
}

std::string Figures::Json(const About& about) const {
  nlohmann::ordered_json json;
  for (const auto& [name, value] : about) json[name] = value;
  for (const Figure& figure : figures_) {
    nlohmann::ordered_json& one = json["figures"][figure.name];
    one["value"] = figure.value;
    one["unit"] = figure.unit;
    if (figure.target.kind == Target::Kind::kNone) continue;
    one[figure.target.kind == Target::Kind::kAtLeast ? "at_least" : "at_most"] =
        figure.target.limit;
    one["met"] = Met(figure);
  }
  return json.dump(2) + "\n";
}

}  // namespace doorstep::bench
