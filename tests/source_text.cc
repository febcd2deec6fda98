#include "tests/source_text.h"

#include <cassert>
#include <utility>

namespace doorstep::tidy {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Walks the text once; every character goes to `code`, as itself or as a blank.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  SourceText Run() {
    while (at_ < text_.size()) {
      if (Starts("//"))
        BlankUntil("\n", false);
      else if (Starts("/*"))
        BlankUntil("*/", true);
      else if (Starts("R\"") && (at_ == 0 || !IsWordChar(text_[at_ - 1])))
        RawString();
      else if (text_[at_] == '"')
        Quoted('"');
      else if (text_[at_] == '\'' && (at_ == 0 || !IsWordChar(text_[at_ - 1])))
        Quoted('\'');
      else
        Keep();
    }
    assert(out_.code.size() == text_.size());
    return std::move(out_);
  }

 private:
  bool Starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  void Keep() {
    if (text_[at_] == '\n') ++line_;
    out_.code += text_[at_++];
  }
  void Blank() {
    if (text_[at_] == '\n') return Keep();
    out_.code += ' ';
    ++at_;
  }
  void BlankUntil(std::string_view end, bool end_too) {
    for (size_t n = 2; n > 0 && at_ < text_.size(); --n) Blank();  // the opening mark itself
    while (at_ < text_.size() && !Starts(end)) Blank();
    for (size_t n = end_too ? end.size() : 0; n > 0 && at_ < text_.size(); --n) Blank();
  }
  void Quoted(char quote) {
    Literal literal{line_, ""};
    Keep();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        literal.text += text_[at_];
        Blank();
      }
      literal.text += text_[at_];
      Blank();
    }
    if (at_ < text_.size()) Keep();
    if (quote == '"') out_.literals.push_back(std::move(literal));
  }
  void RawString() {
    const size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return Keep();
    const std::string end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    Literal literal{line_, ""};
    while (at_ <= open) Blank();
    const size_t begin = at_;
    while (at_ < text_.size() && !Starts(end)) Blank();
    literal.text = text_.substr(begin, at_ - begin);
    for (size_t n = end.size(); n > 0 && at_ < text_.size(); --n) Blank();
    out_.literals.push_back(std::move(literal));
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  SourceText out_;
};

bool HasWord(std::string_view text, std::string_view word) {
  return FindWord(text, word) != std::string_view::npos;
}

// What an opening brace begins, judged by the text between the last ; { or } and it.
enum class Block { kScope, kFunction, kOther };

Block Kind(std::string_view before) {
  const std::string_view head = Trim(before);
  if (HasWord(head, "namespace") || HasWord(head, "extern")) return Block::kScope;
  const bool has_list = head.find('(') != std::string_view::npos;
  for (std::string_view type : {"class", "struct", "union", "enum"}) {
    if (HasWord(head, type) && !has_list) return Block::kScope;
  }
  return has_list && !head.ends_with('=') ? Block::kFunction : Block::kOther;
}

std::string Name(std::string_view before) {
  std::string_view head = Trim(before.substr(0, before.find('(')));
  const size_t space = head.find_last_of(" \t\n*&");
  if (space != std::string_view::npos) head.remove_prefix(space + 1);
  return std::string(head);
}

std::string WithoutDirectives(std::string_view code) {
  std::string out;
  for (std::string_view line : Lines(code)) {
    if (!Trim(line).starts_with('#')) out += line;
    out += '\n';
  }
  return out;
}

}  // namespace

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

size_t FindWord(std::string_view text, std::string_view word, size_t from) {
  assert(!word.empty());
  for (size_t at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if (at > 0 && IsWordChar(text[at - 1]) && IsWordChar(word.front())) continue;
    if (end < text.size() && IsWordChar(text[end]) && IsWordChar(word.back())) continue;
    return at;
  }
  return std::string_view::npos;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

SourceText ReadSource(std::string_view text) { return Scanner(text).Run(); }

std::vector<Include> Includes(std::string_view text) {
  std::vector<Include> includes;
  int number = 0;
  for (std::string_view line : Lines(text)) {
    ++number;
    line = Trim(line);
    if (!line.starts_with('#')) continue;
    line = Trim(line.substr(1));
    if (!line.starts_with("include")) continue;
    line = Trim(line.substr(7));
    if (line.size() < 2 || (line[0] != '"' && line[0] != '<')) continue;
    const size_t end = line.find(line[0] == '"' ? '"' : '>', 1);
    if (end == std::string_view::npos) continue;
    includes.push_back({number, line[0] == '"', std::string(line.substr(1, end - 1))});
  }
  return includes;
}

std::vector<Function> Functions(std::string_view with_directives) {
  const std::string code = WithoutDirectives(with_directives);
  std::vector<Function> functions;
  std::vector<Block> open;
  size_t inside = 0;     // how many open braces belong to the present function, itself included
  size_t statement = 0;  // where the present statement began
  int line = 1;
  for (size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '\n') ++line;
    if (c == '{') {
      const std::string_view before = std::string_view(code).substr(statement, at - statement);
      const Block kind = inside > 0 ? Block::kOther : Kind(before);
      if (kind == Block::kFunction) functions.push_back({line, 0, Name(before)});
      if (inside > 0 || kind == Block::kFunction) ++inside;
      open.push_back(kind);
    }
    if (c == '}' && !open.empty()) {
      if (inside > 0 && --inside == 0) functions.back().lines = line - functions.back().line + 1;
      open.pop_back();
    }
    if (c == '{' || c == '}' || c == ';') statement = at + 1;
  }
  return functions;
}

}  // namespace doorstep::tidy
