// Expressions of gates: three-valued logic with a fourth value, neutral, for what does not speak of
// this family.
//
//   expr  = and_ { "or" and_ }           not_  = [ "not" ] atom
//   and_  = not_ { "and" not_ }          atom  = ID | "(" expr ")" | call
//   call  = ("all" | "any") "(" expr { "," expr } ")"
//         | "count" "(" expr { "," expr } ")" CMP INT
//         | "met" "(" expr ")" | "when" "(" expr "," expr ")" | "need" "(" WORD ")"
//   ID    = [A-Z][A-Z0-9]*(-[A-Z0-9]+)*  WORD  = [a-z][a-z0-9_]*(\.[a-z0-9_]+)?
//   CMP   = "<" | "<=" | "==" | "!=" | ">=" | ">"   INT = [0-9]+   spaces separate and are ignored
//
// `not` binds closest, then `and`, then `or`. A name or number ends where a character stands that
// cannot belong to it, and two of them need a space between.
#ifndef DOORSTEP_MODEL_PROGRAMME_EXPRESSION_H_
#define DOORSTEP_MODEL_PROGRAMME_EXPRESSION_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace doorstep {

// The numbers are those of Claim.verdicts.
enum class RuleVerdict : uint8_t { kMet = 1, kNotMet = 2, kUnknown = 3, kNeutral = 4 };
// "met", "not_met", "unknown", "neutral".
std::string_view VerdictName(RuleVerdict verdict);

enum class Comparison : uint8_t { kLess, kAtMost, kEqual, kNotEqual, kAtLeast, kMore };
bool Compares(int64_t left, Comparison comparison, int64_t right);

struct Expression {
  enum class Kind : uint8_t { kName, kNeed, kAll, kAny, kNot, kMet, kCount, kWhen };
  Kind kind = Kind::kName;
  std::string name;                            // kName, kNeed
  int index = -1;                              // for whoever resolves the name
  Comparison comparison = Comparison::kEqual;  // kCount
  int64_t number = 0;                          // kCount
  std::vector<Expression> parts;
};

// INVALID_ARGUMENT says at which character what was expected. `a and b` is kAll, `a or b` kAny. At
// most kExpressionBytesMax characters and kExpressionDepthMax brackets in brackets.
absl::StatusOr<Expression> ParseExpression(std::string_view text);
inline constexpr size_t kExpressionBytesMax = 8000;
inline constexpr int kExpressionDepthMax = 32;

// Every kName and kNeed, from left to right.
void ForEachName(Expression& expression, absl::FunctionRef<void(Expression&)> visit);

// `value` answers for a kName, `need` for a kNeed (never unknown).
RuleVerdict Evaluate(const Expression& expression,
                     absl::FunctionRef<RuleVerdict(const Expression&)> value,
                     absl::FunctionRef<bool(const Expression&)> need);

// The two ways to combine verdicts, which subjects share with gates.
// Neutral left out; any not met; else any unknown; else met; nothing left: neutral.
RuleVerdict AllOf(std::span<const RuleVerdict> verdicts);
// Any met; else any unknown; else any not met; else neutral.
RuleVerdict AnyOf(std::span<const RuleVerdict> verdicts);

// Whether `text` is an ID or a WORD as written above, and no more.
bool IsRuleId(std::string_view text);
bool IsNeedWord(std::string_view text);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_EXPRESSION_H_
