#include "tests/scenarios/script.h"

#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace doorstep::scenarios {
namespace {

// Up to a remark, which begins with # outside quotes.
absl::string_view WithoutRemark(absl::string_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '#' && !quoted) return line.substr(0, i);
  }
  return line;
}

// Reads words, quoted text and the marks , [ ] one after the other.
class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) { Skip(); }
  bool done() const { return text_.empty(); }
  bool Take(char mark) {
    if (text_.empty() || text_.front() != mark) return false;
    text_.remove_prefix(1);
    Skip();
    return true;
  }
  // False at a mark, at the end, or at a quote that nothing closes.
  bool Word(std::string& word, bool& quoted) {
    quoted = !text_.empty() && text_.front() == '"';
    if (quoted) {
      const size_t end = text_.find('"', 1);
      if (end == absl::string_view::npos) return false;
      word = std::string(text_.substr(1, end - 1));
      text_.remove_prefix(end + 1);
      Skip();
      return true;
    }
    size_t end = text_.find_first_of(" ,[]");
    if (end == absl::string_view::npos) end = text_.size();
    if (end == 0) return false;
    word = std::string(text_.substr(0, end));
    text_.remove_prefix(end);
    Skip();
    return true;
  }

 private:
  void Skip() { text_ = absl::StripLeadingAsciiWhitespace(text_); }
  absl::string_view text_;
};

}  // namespace

absl::StatusOr<std::vector<Scenario>> ReadScript(const std::string& text) {
  std::vector<Scenario> scenarios;
  int number = 0;
  for (absl::string_view raw : absl::StrSplit(text, '\n')) {
    ++number;
    absl::string_view line = absl::StripAsciiWhitespace(WithoutRemark(raw));
    if (line.empty()) continue;
    if (absl::ConsumePrefix(&line, "Scenario:")) {
      Scenario scenario;
      scenario.title = std::string(absl::StripAsciiWhitespace(line));
      scenarios.push_back(std::move(scenario));
      continue;
    }
    if (scenarios.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": a scenario begins with \"Scenario:\""));
    }
    std::vector<ScriptStep>& steps = scenarios.back().steps;
    if (absl::ConsumePrefix(&line, "and ")) {
      if (steps.empty()) {
        return absl::InvalidArgumentError(absl::StrCat("line ", number, ": nothing to add to"));
      }
      steps.back().more.emplace_back(absl::StripAsciiWhitespace(line));
      continue;
    }
    ScriptStep step;
    step.line = number;
    step.text = std::string(line);
    steps.push_back(std::move(step));
  }
  return scenarios;
}

absl::StatusOr<std::vector<FieldText>> ReadFields(const std::string& text) {
  std::vector<FieldText> fields;
  Reader reader(text);
  while (!reader.done()) {
    if (!fields.empty() && !reader.Take(',')) {
      return absl::InvalidArgumentError("a comma stands between two fields");
    }
    FieldText field;
    std::string verb, value;
    bool quoted = false;
    if (!reader.Word(field.name, quoted) || !reader.Word(verb, quoted)) {
      return absl::InvalidArgumentError("a field is: name is value");
    }
    if (verb == "gains") {
      field.verb = FieldText::Verb::kGains;
    } else if (verb == "loses") {
      field.verb = FieldText::Verb::kLoses;
    } else if (verb != "is") {
      return absl::InvalidArgumentError("after " + field.name + " stands is, gains or loses");
    }
    field.list = reader.Take('[');
    do {
      if (field.list && field.values.empty() && reader.Take(']')) break;
      if (!reader.Word(value, quoted)) {
        return absl::InvalidArgumentError("after " + field.name + " a value is missing");
      }
      field.values.push_back(std::exchange(value, ""));
      field.quoted.push_back(quoted);
      if (field.list && reader.Take(']')) break;
      if (field.list && !reader.Take(',')) {
        return absl::InvalidArgumentError("the list of " + field.name + " is not closed");
      }
    } while (field.list);
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace doorstep::scenarios
