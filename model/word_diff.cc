#include "model/word_diff.h"

#include <dtl/dtl.hpp>
#include <set>
#include <string>
#include <vector>

namespace doorstep {
namespace {

using How = v1::PlanDifference::How;
using Pieces = google::protobuf::RepeatedPtrField<v1::PlanDifference::Words>;

constexpr size_t kTokensMax = 20'000;
// Tokens times differing tokens, roughly the steps of a shortest difference.
constexpr size_t kWorkMax = 20'000'000;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t'; }
bool IsMark(char c) {
  return c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || c == '(' ||
         c == ')' || c == '"';
}

// Words and single marks, each with the space behind it; together they are the text. A space alone
// would match any other, and tear differences apart.
std::vector<std::string> TokensOf(std::string_view text) {
  std::vector<std::string> tokens;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    if (IsMark(text[at])) {
      ++end;
    } else {
      while (end < text.size() && !IsSpace(text[end]) && !IsMark(text[end])) ++end;
    }
    while (end < text.size() && IsSpace(text[end])) ++end;
    tokens.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

size_t Unlike(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::multiset<std::string> left(a.begin(), a.end());
  size_t unlike = 0;
  for (const std::string& token : b) {
    auto found = left.find(token);
    if (found == left.end()) {
      ++unlike;
    } else {
      left.erase(found);
    }
  }
  return unlike + left.size();
}

void Add(How how, std::string_view text, Pieces* pieces) {
  if (text.empty()) return;
  if (!pieces->empty() && pieces->rbegin()->how() == how) {
    pieces->rbegin()->mutable_text()->append(text);
    return;
  }
  v1::PlanDifference::Words* piece = pieces->Add();
  piece->set_how(how);
  piece->set_text(std::string(text));
}

}  // namespace

void AddWordDifference(std::string_view before, std::string_view after, Pieces* words) {
  const std::vector<std::string> was = TokensOf(before), is = TokensOf(after);
  const bool many = was.size() > kTokensMax || is.size() > kTokensMax;
  if (many || (was.size() + is.size()) * Unlike(was, is) > kWorkMax) {
    Add(v1::PlanDifference::REMOVED, before, words);
    Add(v1::PlanDifference::ADDED, after, words);
    return;
  }
  dtl::Diff<std::string, std::vector<std::string>> difference(was, is);
  difference.compose();
  std::string removed, added;  // of one place; told in this order
  auto tell = [&] {
    Add(v1::PlanDifference::REMOVED, removed, words);
    Add(v1::PlanDifference::ADDED, added, words);
    removed.clear();
    added.clear();
  };
  for (const auto& [token, info] : difference.getSes().getSequence()) {
    if (info.type == dtl::SES_ADD) {
      added += token;
    } else if (info.type == dtl::SES_DELETE) {
      removed += token;
    } else {
      tell();
      Add(v1::PlanDifference::SAME, token, words);
    }
  }
  tell();
}

}  // namespace doorstep
