// C++ text as the tidy test reads it: what is code, what is said in strings, how long a function
// is. A reader of text, not a compiler: it knows comments, literals and braces, and nothing of
// types.
#ifndef DOORSTEP_TESTS_SOURCE_TEXT_H_
#define DOORSTEP_TESTS_SOURCE_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

namespace doorstep::tidy {

struct Literal {
  int line = 0;  // from 1, as everywhere here
  std::string text;
};

struct SourceText {
  std::string code;               // comments and the insides of literals blanked, lines kept
  std::vector<Literal> literals;  // string literals, between their quotes, escapes as written
};
SourceText ReadSource(std::string_view text);

struct Include {
  int line = 0;
  bool quoted = false;
  std::string path;
};
std::vector<Include> Includes(std::string_view text);

struct Function {
  int line = 0;  // of the opening brace
  int lines = 0;
  std::string name;
};
// Function bodies in `code` (of a SourceText), in order; lambdas count to the function around them.
std::vector<Function> Functions(std::string_view code);

std::vector<std::string_view> Lines(std::string_view text);
bool IsWordChar(char c);
// First place from `from` on where `word` stands whole: no letter, digit or underscore beside it.
size_t FindWord(std::string_view text, std::string_view word, size_t from = 0);

}  // namespace doorstep::tidy

#endif  // DOORSTEP_TESTS_SOURCE_TEXT_H_
