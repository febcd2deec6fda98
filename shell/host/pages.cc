#include "shell/host/pages.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace doorstep::shell {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
}};

bool PlainName(std::string_view name) {
  if (name.empty() || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool PlainPath(std::string_view path) {
  if (path.empty() || path.front() != '/') return false;
  path.remove_prefix(1);
  for (;;) {
    const size_t slash = path.find('/');
    if (!PlainName(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Pages::Pages(fs::path folder) {
  std::error_code error;
  folder_ = fs::canonical(folder, error);
}

bool Pages::built() const { return Find("/").has_value(); }

std::optional<Page> Pages::Find(std::string_view target) const {
  if (folder_.empty()) return std::nullopt;
  if (target == "/") target = "/index.html";
  if (!PlainPath(target)) return std::nullopt;
  std::error_code error;
  const fs::path path = fs::canonical(folder_ / target.substr(1), error);
  if (error || !fs::is_regular_file(path, error) || error) return std::nullopt;
  const auto [at, other] = std::mismatch(folder_.begin(), folder_.end(), path.begin(), path.end());
  if (at != folder_.end()) return std::nullopt;
  for (const auto& [ending, type] : kTypes) {
    if (path.extension() != ending) continue;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return Page{std::string(type), std::string(std::istreambuf_iterator<char>(file), {})};
  }
  return std::nullopt;
}

fs::path PagesBesideProgram() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path above = program.parent_path().parent_path();
  if (fs::exists(above / "web" / "index.html", error)) return above / "web";
  return above / "share" / "doorstep" / "web";
}

}  // namespace doorstep::shell
