#include "tests/tidy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <filesystem>
#include <set>
#include <utility>

#include "tests/source_text.h"
#include "tests/tree_path.h"

namespace doorstep::tidy {
namespace {

using std::string_view;

// Where `word` stands as a whole word in code, line by line.
void FindAll(const File& file, string_view code, string_view word, string_view why, Findings& out) {
  int number = 0;
  for (string_view line : Lines(code)) {
    ++number;
    if (FindWord(line, word) != string_view::npos) {
      out.push_back({file.path, number, std::string(word) + ": " + std::string(why)});
    }
  }
}

// v1::Visit, and what is nested in it: v1::Visit_State; but not v1::VisitNote.
bool NamesType(string_view line, string_view type) {
  for (size_t at = line.find(type); at != string_view::npos; at = line.find(type, at + 1)) {
    const size_t end = at + type.size();
    const bool begins = at == 0 || !IsWordChar(line[at - 1]);
    if (begins && (end == line.size() || line[end] == '_' || !IsWordChar(line[end]))) return true;
  }
  return false;
}

std::string Upper(string_view path) {
  std::string out;
  for (char c : path) {
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : IsWordChar(c) ? c : '_';
  }
  return out;
}

std::string Lower(string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

bool IsSource(string_view path) { return IsCpp(path) || path.ends_with(".proto"); }

std::vector<std::string> RecordNames(string_view records_proto) {
  std::vector<std::string> names;
  std::string message;
  const std::string code = ReadSource(records_proto).code;
  for (string_view line : Lines(code)) {
    if (line.starts_with("message ")) {  // nested messages are indented, and are no records
      size_t end = 8;
      while (end < line.size() && IsWordChar(line[end])) ++end;
      message = line.substr(8, end - 8);
    }
    const size_t option = FindWord(line, "option");
    if (option == string_view::npos || message.empty()) continue;
    if (FindWord(line, "record", option) != string_view::npos) {
      names.push_back(std::exchange(message, ""));
    }
  }
  return names;
}

Findings CheckRecordNames(const File& file, const std::vector<std::string>& names) {
  static constexpr std::array<string_view, 4> kHeld = {"model", "crypto", "client-core",
                                                       "sync-server"};
  // Sentences of practice, views of the records that the machinery stands on, what purges and
  // shares, the office's figures and the ceremony.
  static constexpr std::array<string_view, 9> kMayName = {
      "rules", "authority", "plan_approval", "safeguarding", "purge",
      "share", "ceremony",  "access_event",  "looked"};
  // In model/ besides: the views of practice (docs/adr/0012).
  static constexpr std::array<string_view, 10> kViews = {
      "facts",     "people", "viewpoint", "settings", "timescales",
      "plan_page", "story",  "worklist",  "today",    "programme"};
  Findings out;
  if (!IsCpp(file.path) || !BelowAny(file.path, kHeld)) return out;
  if (Below(file.path, "sync-server/office")) return out;
  const string_view stem = NameOf(file.path).substr(0, NameOf(file.path).find('.'));
  for (string_view may : kMayName) {
    if (stem == may || stem.starts_with(std::string(may) + "_")) return out;
  }
  for (string_view view : kViews) {
    const bool named = stem == view || stem.starts_with(std::string(view) + "_");
    if (named && FolderOf(file.path) == "model") return out;
  }
  const SourceText source = ReadSource(file.text);
  std::set<std::string> spaces = {"v1"};
  int number = 0;
  for (string_view line : Lines(source.code)) {
    ++number;
    if (FindWord(line, "using namespace") != string_view::npos && line.find("v1;") < line.size()) {
      out.push_back({file.path, number, "the namespace of the messages is written, not opened"});
    }
    const size_t alias = FindWord(line, "namespace");
    const size_t equals = line.find('=');
    if (alias != string_view::npos && equals != string_view::npos && line.ends_with("v1;")) {
      const string_view name = line.substr(alias + 10, equals - alias - 10);
      spaces.insert(std::string(name.substr(0, name.find(' '))));
    }
    for (const std::string& name : names) {
      for (const std::string& space : spaces) {
        if (!NamesType(line, space + "::" + name)) continue;
        // The catalog finds the schema's file by way of some message in it.
        if (line.find(name + "::descriptor()->file()") != string_view::npos) continue;
        out.push_back({file.path, number, name + ": a record type is not named here"});
      }
      if (FindWord(line, "k" + name + "Type") != string_view::npos) {
        out.push_back({file.path, number, name + ": a record type is not named here"});
      }
    }
  }
  for (const Literal& literal : source.literals) {
    for (const std::string& name : names) {
      if (literal.text == name || literal.text == "doorstep.v1." + name) {
        out.push_back({file.path, literal.line, name + ": a record type is not named here"});
      }
    }
  }
  return out;
}

Findings CheckCores(const File& file) {
  static constexpr std::array<string_view, 8> kCores = {"crypto",
                                                        "model",
                                                        "client-core/store",
                                                        "client-core/sync",
                                                        "sync-server/feed",
                                                        "sync-server/access",
                                                        "sync-server/ingest",
                                                        "sync-server/office"};
  Findings out;
  if (!IsCpp(file.path) || !BelowAny(file.path, kCores)) return out;
  if (NameOf(file.path).starts_with("grpc_transport.")) return out;
  const SourceText source = ReadSource(file.text);
  for (string_view clock : {"system_clock", "steady_clock", "gettimeofday", "clock_gettime"}) {
    FindAll(file, source.code, clock, "time arrives as an argument", out);
  }
  for (string_view stream :
       {"std::cout", "std::cerr", "std::clog", "printf", "fprintf", "syslog"}) {
    FindAll(file, source.code, stream, "cores do not log, they return what happened", out);
  }
  return out;
}

Findings CheckWords(const File& file) {
  Findings out;
  const bool cmake = file.path.ends_with("CMakeLists.txt") || file.path.ends_with(".cmake") ||
                     file.path.ends_with("CMakePresets.json");
  // The one place that takes it out of CMake's own release flags.
  if (cmake && file.path != "cmake/ds_flags.cmake") {
    FindAll(file, file.text, "DNDEBUG", "assertions stay on in every build", out);
    FindAll(file, file.text, "NDEBUG", "assertions stay on in every build", out);
  }
  if (!IsSource(file.path)) return out;
  const SourceText source = ReadSource(file.text);
  if (!IsFree(file.path)) {
    FindAll(file, source.code, "NDEBUG", "assertions stay on in every build", out);
  }
  FindAll(file, source.code, "sqlite3_rekey", "changing a database key can lose the file", out);
  FindAll(file, source.code, "sqlite3_rekey_v2", "changing a database key can lose the file", out);
  for (const Literal& literal : source.literals) {
    const std::string text = Lower(literal.text);
    if (FindWord(text, "pragma") < text.size() && FindWord(text, "rekey") < text.size()) {
      out.push_back({file.path, literal.line, "rekey: changing a database key can lose the file"});
    }
  }
  const bool grpc = NameOf(file.path).starts_with("grpc_transport.") ||
                    FolderOf(file.path) == "sync-server/service" ||
                    FolderOf(file.path) == "sync-server" || IsFree(file.path);
  if (!grpc) FindAll(file, source.code, "shared_ptr", "values and unique_ptr own things", out);
  if (!Below(file.path, "tests")) {
    FindAll(file, file.text, "TODO", "what is open stands in an issue", out);
    FindAll(file, file.text, "FIXME", "what is open stands in an issue", out);
  }
  return out;
}

namespace {

bool IsHostChar(char c) { return (IsWordChar(c) && c != '_') || c == '-' || c == '.'; }

// A host that serves packages, told by its shape, so that none is written here either.
bool ServesPackages(string_view host) {
  static const std::set<string_view> kSuffixes = {"org", "com", "net", "io", "dev"};
  static const std::set<string_view> kFirst = {
      "deb",   "registry", "mirror",   "mirrors", "archive", "security", "snapshot", "ftp",
      "proxy", "repo",     "packages", "index",   "pypi",    "static",   "npm",      "dl"};
  static const std::set<string_view> kOwner = {"pypi",     "npmjs",   "crates",
                                               "rubygems", "yarnpkg", "pythonhosted"};
  std::vector<string_view> labels;
  for (string_view rest = host; !rest.empty();) {
    const size_t dot = std::min(rest.find('.'), rest.size());
    labels.push_back(rest.substr(0, dot));
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  if (labels.size() < 2 || !kSuffixes.contains(labels.back())) return false;
  if (kOwner.contains(labels[labels.size() - 2])) return true;
  return labels.size() > 2 && kFirst.contains(labels.front());
}

}  // namespace

Findings CheckWorkplace(const File& file) {
  static const std::string kWorkplace = std::string("/") + "work";
  Findings out;
  if (file.text.find('\0') != std::string::npos) return out;
  int number = 0;
  for (string_view line : Lines(file.text)) {
    ++number;
    for (size_t at = line.find(kWorkplace); at != string_view::npos;
         at = line.find(kWorkplace, at + 1)) {
      const size_t end = at + kWorkplace.size();
      const bool begins = at == 0 || (!IsHostChar(line[at - 1]) && line[at - 1] != '_' &&
                                      line[at - 1] != '}' && line[at - 1] != '/');
      const bool ends = end == line.size() || line[end] == '/';
      if (begins && ends) out.push_back({file.path, number, "a path of the workplace"});
    }
    for (size_t at = 0; at < line.size();) {
      size_t end = at;
      bool dots = false;
      for (; end < line.size() && IsHostChar(line[end]); ++end) dots |= line[end] == '.';
      if (dots && ServesPackages(Lower(line.substr(at, end - at)))) {
        out.push_back({file.path, number, "a host that serves packages"});
      }
      at = end + 1;
    }
  }
  return out;
}

Findings CheckColumns(const File& file) {
  Findings out;
  if (!IsSource(file.path)) return out;
  int number = 0;
  for (string_view line : Lines(file.text)) {
    ++number;
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // not a continuation byte
    });
    if (columns > 100) {
      out.push_back({file.path, number, std::to_string(columns) + " columns, 100 are the limit"});
    }
  }
  return out;
}

Findings CheckGuard(const File& file) {
  static constexpr string_view kPublic = "client-core/include/doorstep/";
  if (!file.path.ends_with(".h")) return {};
  string_view path = file.path;
  if (path.starts_with(kPublic)) path.remove_prefix(kPublic.size());  // as a shell includes it
  const std::string guard = "DOORSTEP_" + Upper(path) + "_";
  int number = 0;
  int seen = 0;
  for (string_view line : Lines(file.text)) {
    ++number;
    if (!line.starts_with('#')) continue;
    const std::string want = (seen == 0 ? "#ifndef " : "#define ") + guard;
    if (line != want) return {{file.path, number, "expected " + want}};
    if (++seen == 2) return {};
  }
  return {{file.path, 1, "expected #ifndef " + guard}};
}

Findings CheckPlace(const File& file) {
  Findings out;
  for (const auto& part : std::filesystem::path(FolderOf(file.path))) {
    for (string_view name : {"util", "utils", "common", "support", "helpers", "misc"}) {
      if (part == name) out.push_back({file.path, 1, "a folder is named after its subject"});
    }
  }
  if (file.path.ends_with(".pb.h") || file.path.ends_with(".pb.cc")) {
    out.push_back({file.path, 1, "generated files stay in the build tree"});
  }
  return out;
}

namespace {

// The files that one CMakeLists.txt names, as paths from the root.
void AddListed(const File& lists, std::set<std::string>& listed) {
  static constexpr string_view kRoot = "${CMAKE_SOURCE_DIR}/";
  for (string_view line : Lines(lists.text)) {
    line = line.substr(0, line.find('#'));
    while (!line.empty()) {
      const size_t begin = line.find_first_not_of(" \t()\";");
      if (begin == string_view::npos) break;
      line.remove_prefix(begin);
      string_view token = line.substr(0, line.find_first_of(" \t()\";"));
      line.remove_prefix(token.size());
      const bool from_root = token.starts_with(kRoot);
      if (from_root) token.remove_prefix(kRoot.size());
      const std::filesystem::path folder = from_root ? string_view() : FolderOf(lists.path);
      listed.insert((folder / token).lexically_normal().generic_string());
    }
  }
}

}  // namespace

Findings CheckListed(const std::vector<File>& tree) {
  std::set<std::string> listed;
  for (const File& file : tree) {
    if (NameOf(file.path) == "CMakeLists.txt") AddListed(file, listed);
    if (!IsCpp(file.path) || !Below(file.path, "tests")) continue;
    for (const Include& include : Includes(file.text)) {
      if (Below(include.path, "tests")) listed.insert(include.path);
    }
  }
  Findings out;
  for (const File& file : tree) {
    if (!IsSource(file.path) || listed.contains(file.path)) continue;
    if (Below(file.path, "client-core/bindings")) continue;  // built by their own platforms
    out.push_back({file.path, 1, "no CMakeLists.txt names this file"});
  }
  return out;
}

Findings CheckTree(const std::vector<File>& tree) {
  std::vector<std::string> names;
  for (const File& file : tree) {
    if (file.path == "proto/doorstep/v1/records.proto") names = RecordNames(file.text);
  }
  Findings all;
  const auto add = [&all](Findings some) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  };
  for (const File& file : tree) {
    add(CheckArrows(file));
    add(CheckLibraries(file));
    add(CheckRecordNames(file, names));
    add(CheckCores(file));
    add(CheckWords(file));
    add(CheckWorkplace(file));
    add(CheckColumns(file));
    add(CheckGuard(file));
    add(CheckPlace(file));
  }
  add(CheckListed(tree));
  return all;
}

}  // namespace doorstep::tidy
