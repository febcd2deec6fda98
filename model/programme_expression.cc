#include "model/programme_expression.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "model/joined.h"

namespace doorstep {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsIdChar(char c) { return IsUpper(c) || IsDigit(c); }
bool IsWordChar(char c) { return IsLower(c) || IsDigit(c) || c == '_'; }

// How many characters at the start of `text` are an ID, or 0.
size_t IdLength(std::string_view text) {
  if (text.empty() || !IsUpper(text[0])) return 0;
  size_t at = 1;
  while (at < text.size()) {
    if (IsIdChar(text[at])) {
      ++at;
    } else if (text[at] == '-' && at + 1 < text.size() && IsIdChar(text[at + 1])) {
      at += 2;
    } else {
      break;
    }
  }
  return at;
}

size_t WordLength(std::string_view text) {
  if (text.empty() || !IsLower(text[0])) return 0;
  auto end_from = [&](size_t at) {
    while (at < text.size() && IsWordChar(text[at])) ++at;
    return at;
  };
  size_t at = end_from(1);
  if (at + 1 < text.size() && text[at] == '.' && IsWordChar(text[at + 1])) at = end_from(at + 1);
  return at;
}

struct Token {
  enum class Kind : uint8_t { kEnd, kId, kWord, kNumber, kSign };
  Kind kind = Kind::kEnd;
  std::string_view text;
  size_t at = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { Advance(); }

  absl::StatusOr<Expression> Parse() {
    Expression expression = ParseOr(0);
    if (token_.kind != Token::Kind::kEnd) Fail("the end");
    if (!fault_.ok()) return fault_;
    return expression;
  }

 private:
  void Fail(std::string_view expected) {
    if (!fault_.ok()) return;
    fault_ =
        absl::InvalidArgumentError(Joined("at character ", token_.at + 1, ": expected ", expected));
    token_ = {Token::Kind::kEnd, {}, token_.at};
    next_ = text_.size();
  }

  void Advance() {
    while (next_ < text_.size() && text_[next_] == ' ') ++next_;
    token_ = {Token::Kind::kEnd, {}, next_};
    if (next_ == text_.size()) return;
    std::string_view rest = text_.substr(next_);
    size_t length = 1;
    if (size_t id = IdLength(rest); id > 0) {
      token_.kind = Token::Kind::kId;
      length = id;
    } else if (size_t word = WordLength(rest); word > 0) {
      token_.kind = Token::Kind::kWord;
      length = word;
    } else if (IsDigit(rest[0])) {
      token_.kind = Token::Kind::kNumber;
      while (length < rest.size() && IsDigit(rest[length])) ++length;
    } else {
      token_.kind = Token::Kind::kSign;
      if (rest.size() > 1 && rest[1] == '=' &&
          std::string_view("<=!>").find(rest[0]) != rest.npos) {
        length = 2;
      }
    }
    token_.text = rest.substr(0, length);
    next_ += length;
    // A name must not touch the next one.
    bool runs_on = token_.kind != Token::Kind::kSign && next_ < text_.size() &&
                   (IsIdChar(text_[next_]) || IsLower(text_[next_]) || text_[next_] == '_');
    if (runs_on) {
      token_.at = next_;
      Fail("a space");
    }
  }

  bool TakeWord(std::string_view word) {
    if (token_.kind != Token::Kind::kWord || token_.text != word) return false;
    Advance();
    return true;
  }
  bool TakeSign(std::string_view sign) {
    if (token_.kind != Token::Kind::kSign || token_.text != sign) return false;
    Advance();
    return true;
  }
  void ExpectSign(std::string_view sign) {
    if (!TakeSign(sign)) Fail(Joined("'", sign, "'"));
  }

  Expression ParseOr(int depth) { return ParseList(depth, "or", Expression::Kind::kAny); }
  Expression ParseAnd(int depth) { return ParseList(depth, "and", Expression::Kind::kAll); }
  Expression ParseList(int depth, std::string_view word, Expression::Kind kind) {
    auto part = [&] { return kind == Expression::Kind::kAny ? ParseAnd(depth) : ParseNot(depth); };
    Expression first = part();
    if (token_.kind != Token::Kind::kWord || token_.text != word) return first;
    Expression list;
    list.kind = kind;
    list.parts.push_back(std::move(first));
    while (TakeWord(word)) list.parts.push_back(part());
    return list;
  }

  Expression ParseNot(int depth) {
    if (!TakeWord("not")) return ParseAtom(depth);
    Expression negated;
    negated.kind = Expression::Kind::kNot;
    negated.parts.push_back(ParseAtom(depth));
    return negated;
  }

  Expression ParseAtom(int depth) {
    Expression atom;
    if (depth >= kExpressionDepthMax) {
      Fail("fewer brackets in brackets");
      return atom;
    }
    if (token_.kind == Token::Kind::kId) {
      atom.name = token_.text;
      Advance();
      return atom;
    }
    if (TakeSign("(")) {
      atom = ParseOr(depth + 1);
      ExpectSign(")");
      return atom;
    }
    if (token_.kind == Token::Kind::kWord) {
      for (const auto& [word, kind] : kCalls) {
        if (!TakeWord(word)) continue;
        atom.kind = kind;
        ParseCall(depth + 1, atom);
        return atom;
      }
    }
    Fail("a rule or gate, '(', or one of all, any, count, met, when, need");
    return atom;
  }

  void ParseCall(int depth, Expression& call) {
    ExpectSign("(");
    if (call.kind == Expression::Kind::kNeed) {
      if (token_.kind != Token::Kind::kWord) return Fail("a need or headline");
      call.name = token_.text;
      Advance();
      return ExpectSign(")");
    }
    call.parts.push_back(ParseOr(depth));
    if (call.kind == Expression::Kind::kWhen) {
      ExpectSign(",");
      call.parts.push_back(ParseOr(depth));
    } else if (call.kind != Expression::Kind::kMet) {
      while (TakeSign(",")) call.parts.push_back(ParseOr(depth));
    }
    ExpectSign(")");
    if (call.kind == Expression::Kind::kCount) ParseComparison(call);
  }

  void ParseComparison(Expression& call) {
    for (const auto& [sign, comparison] : kComparisons) {
      if (!TakeSign(sign)) continue;
      call.comparison = comparison;
      if (token_.kind != Token::Kind::kNumber || token_.text.size() > 6) {
        return Fail("a number of at most six digits");
      }
      for (char c : token_.text) call.number = call.number * 10 + (c - '0');
      return Advance();
    }
    Fail("one of < <= == != >= >");
  }

  static constexpr std::pair<std::string_view, Expression::Kind> kCalls[] = {
      {"all", Expression::Kind::kAll},     {"any", Expression::Kind::kAny},
      {"count", Expression::Kind::kCount}, {"met", Expression::Kind::kMet},
      {"when", Expression::Kind::kWhen},   {"need", Expression::Kind::kNeed}};
  static constexpr std::pair<std::string_view, Comparison> kComparisons[] = {
      {"<", Comparison::kLess},      {"<=", Comparison::kAtMost},  {"==", Comparison::kEqual},
      {"!=", Comparison::kNotEqual}, {">=", Comparison::kAtLeast}, {">", Comparison::kMore}};

  std::string_view text_;
  size_t next_ = 0;
  Token token_;
  absl::Status fault_;
};

// The answer if every number from `least` to `most` gives the same one.
RuleVerdict CompareRange(int64_t least, int64_t most, Comparison comparison, int64_t number) {
  bool first = Compares(least, comparison, number);
  for (int64_t count = least + 1; count <= most; ++count) {
    if (Compares(count, comparison, number) != first) return RuleVerdict::kUnknown;
  }
  return first ? RuleVerdict::kMet : RuleVerdict::kNotMet;
}

RuleVerdict WhenMet(RuleVerdict condition, RuleVerdict value) {
  switch (condition) {
    case RuleVerdict::kMet:
      return value;
    case RuleVerdict::kNotMet:
    case RuleVerdict::kNeutral:
      return RuleVerdict::kNeutral;
    case RuleVerdict::kUnknown:
      return value == RuleVerdict::kNeutral ? RuleVerdict::kNeutral : RuleVerdict::kUnknown;
  }
  return RuleVerdict::kUnknown;
}

}  // namespace

std::string_view VerdictName(RuleVerdict verdict) {
  switch (verdict) {
    case RuleVerdict::kMet:
      return "met";
    case RuleVerdict::kNotMet:
      return "not_met";
    case RuleVerdict::kUnknown:
      return "unknown";
    case RuleVerdict::kNeutral:
      return "neutral";
  }
  return "";
}

bool Compares(int64_t left, Comparison comparison, int64_t right) {
  switch (comparison) {
    case Comparison::kLess:
      return left < right;
    case Comparison::kAtMost:
      return left <= right;
    case Comparison::kEqual:
      return left == right;
    case Comparison::kNotEqual:
      return left != right;
    case Comparison::kAtLeast:
      return left >= right;
    case Comparison::kMore:
      return left > right;
  }
  return false;
}

absl::StatusOr<Expression> ParseExpression(std::string_view text) {
  if (text.size() > kExpressionBytesMax) {
    return absl::InvalidArgumentError(
        Joined("expected at most ", kExpressionBytesMax, " characters"));
  }
  return Parser(text).Parse();
}

void ForEachName(Expression& expression, absl::FunctionRef<void(Expression&)> visit) {
  if (expression.parts.empty()) return visit(expression);
  for (Expression& part : expression.parts) ForEachName(part, visit);
}

RuleVerdict AllOf(std::span<const RuleVerdict> verdicts) {
  RuleVerdict all = RuleVerdict::kNeutral;
  for (RuleVerdict verdict : verdicts) {
    if (verdict == RuleVerdict::kNotMet) return verdict;
    if (verdict == RuleVerdict::kUnknown) all = verdict;
    if (verdict == RuleVerdict::kMet && all == RuleVerdict::kNeutral) all = verdict;
  }
  return all;
}

RuleVerdict AnyOf(std::span<const RuleVerdict> verdicts) {
  RuleVerdict any = RuleVerdict::kNeutral;
  for (RuleVerdict verdict : verdicts) {
    if (verdict == RuleVerdict::kMet) return verdict;
    if (verdict == RuleVerdict::kUnknown) any = verdict;
    if (verdict == RuleVerdict::kNotMet && any == RuleVerdict::kNeutral) any = verdict;
  }
  return any;
}

RuleVerdict Evaluate(const Expression& expression,
                     absl::FunctionRef<RuleVerdict(const Expression&)> value,
                     absl::FunctionRef<bool(const Expression&)> need) {
  std::vector<RuleVerdict> parts;
  parts.reserve(expression.parts.size());
  for (const Expression& part : expression.parts) parts.push_back(Evaluate(part, value, need));
  switch (expression.kind) {
    case Expression::Kind::kName:
      return value(expression);
    case Expression::Kind::kNeed:
      return need(expression) ? RuleVerdict::kMet : RuleVerdict::kNotMet;
    case Expression::Kind::kAll:
      return AllOf(parts);
    case Expression::Kind::kAny:
      return AnyOf(parts);
    case Expression::Kind::kNot:
      if (parts[0] == RuleVerdict::kMet) return RuleVerdict::kNotMet;
      return parts[0] == RuleVerdict::kNotMet ? RuleVerdict::kMet : parts[0];
    case Expression::Kind::kMet:
      return parts[0] == RuleVerdict::kNeutral ? RuleVerdict::kNotMet : parts[0];
    case Expression::Kind::kCount: {
      int64_t met = std::count(parts.begin(), parts.end(), RuleVerdict::kMet);
      int64_t unknown = std::count(parts.begin(), parts.end(), RuleVerdict::kUnknown);
      return CompareRange(met, met + unknown, expression.comparison, expression.number);
    }
    case Expression::Kind::kWhen:
      return WhenMet(parts[0], parts[1]);
  }
  return RuleVerdict::kUnknown;
}

bool IsRuleId(std::string_view text) { return !text.empty() && IdLength(text) == text.size(); }
bool IsNeedWord(std::string_view text) { return !text.empty() && WordLength(text) == text.size(); }

}  // namespace doorstep
