// The rules of the source tree that a compiler cannot hold, each as a function from text to
// findings, so that planted violations prove each of them. Paths are relative to the root of the
// tree, with forward slashes.
#ifndef DOORSTEP_TESTS_TIDY_H_
#define DOORSTEP_TESTS_TIDY_H_

#include <string>
#include <string_view>
#include <vector>

namespace doorstep::tidy {

struct File {
  std::string path;
  std::string text;
};

struct Finding {
  std::string path;
  int line = 0;
  std::string what;
};
using Findings = std::vector<Finding>;

// The include table: an arrow that is not in it is refused, and so is a folder without a row.
Findings CheckArrows(const File& file);
// Libraries held to the few files that may know them.
Findings CheckLibraries(const File& file);
// Names of the messages in records.proto that carry the option `record`.
std::vector<std::string> RecordNames(std::string_view records_proto);
// Record types named where everything should follow from the catalog.
Findings CheckRecordNames(const File& file, const std::vector<std::string>& names);
// Clocks and output in the cores, which take time as an argument and return what happened.
Findings CheckCores(const File& file);
// Words that must not stand in the code: NDEBUG, changing a database key, shared ownership, marks.
Findings CheckWords(const File& file);
// Paths of the machine it was written on, and hosts that serve packages. Any text file.
Findings CheckWorkplace(const File& file);
// 100 columns; characters count, not bytes.
Findings CheckColumns(const File& file);
Findings CheckGuard(const File& file);
// Folders that are named after nothing, and generated files.
Findings CheckPlace(const File& file);
// Source files that no CMakeLists.txt names. In tests/ an included header counts as named.
Findings CheckListed(const std::vector<File>& tree);

bool IsSource(std::string_view path);  // .h .cc .c .proto
// Every check above over a tree, in the order of its files.
Findings CheckTree(const std::vector<File>& tree);

}  // namespace doorstep::tidy

#endif  // DOORSTEP_TESTS_TIDY_H_
