// Paths in the source tree: relative to its root, with forward slashes.
#ifndef DOORSTEP_TESTS_TREE_PATH_H_
#define DOORSTEP_TESTS_TREE_PATH_H_

#include <algorithm>
#include <span>
#include <string_view>

namespace doorstep::tidy {

inline bool Below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}
inline bool BelowAny(std::string_view path, std::span<const std::string_view> folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](std::string_view folder) { return Below(path, folder); });
}
inline std::string_view FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}
inline std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }
inline bool IsFree(std::string_view path) {
  return Below(path, "tests") || Below(path, "examples");
}
inline bool IsCpp(std::string_view path) {
  return path.ends_with(".cc") || path.ends_with(".h") || path.ends_with(".c");
}

}  // namespace doorstep::tidy

#endif  // DOORSTEP_TESTS_TREE_PATH_H_
