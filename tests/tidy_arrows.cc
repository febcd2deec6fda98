// Who may include whom, and which library: tables as data, and the two checks that read them.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/source_text.h"
#include "tests/tidy.h"
#include "tests/tree_path.h"

namespace doorstep::tidy {
namespace {

using std::string_view;

// Which generated messages a folder may include. Service stubs are held as gRPC is.
enum class Messages { kNone, kAbi, kAll };

struct Row {
  string_view folder;
  std::vector<string_view> may;  // folders of ours; a folder includes itself in any case
  Messages messages;
};

constexpr string_view kAbi = "client-core/include";

const std::vector<Row>& IncludeTable() {
  static const std::vector<Row> table = {
      {"proto", {}, Messages::kNone},
      {"crypto", {}, Messages::kNone},
      {"model", {"crypto"}, Messages::kAll},
      {kAbi, {}, Messages::kNone},
      {"client-core/store", {"model", "crypto"}, Messages::kAll},
      {"client-core/sync", {"client-core/store", "model", "crypto"}, Messages::kAll},
      {"client-core/client",
       {"client-core/sync", "client-core/store", "model", "crypto"},
       Messages::kAll},
      {"client-core/capi", {"client-core/client", kAbi}, Messages::kAbi},
      {"client-core/bindings", {kAbi}, Messages::kNone},
      {"sync-server/store", {"model", "crypto"}, Messages::kAll},
      {"sync-server/access", {"sync-server/store", "model"}, Messages::kAll},
      {"sync-server/ingest",
       {"sync-server/access", "sync-server/store", "model", "crypto"},
       Messages::kAll},
      {"sync-server/feed",
       {"sync-server/access", "sync-server/store", "model", "crypto"},
       Messages::kAll},
      {"sync-server/office", {"sync-server/access", "sync-server/store", "model"}, Messages::kAll},
      {"sync-server/service",
       {"sync-server/ingest", "sync-server/feed", "sync-server/office", "sync-server/access",
        "sync-server/store", "crypto"},
       Messages::kAll},
      {"sync-server/notifier", {"sync-server/store", "model", "crypto"}, Messages::kAll},
      {"sync-server/edge", {}, Messages::kNone},
      {"sync-server/admin",
       {"sync-server/access", "sync-server/store", "model", "crypto"},
       Messages::kAll},
      // doorstepd's main.cc alone, which wires the server together.
      {"sync-server",
       {"sync-server/service", "sync-server/ingest", "sync-server/feed", "sync-server/office",
        "sync-server/access", "sync-server/store", "sync-server/notifier", "sync-server/edge",
        "sync-server/admin"},
       Messages::kAll},
      {"shell", {kAbi}, Messages::kAbi},
  };
  return table;
}

constexpr std::array<string_view, 9> kTop = {"proto",       "crypto",      "model",
                                             "client-core", "sync-server", "shell",
                                             "programmes",  "tests",       "examples"};

// A library, the headers by which it is known, and who may include them. A holder that ends in a
// slash means every .cc directly in that folder: no header of ours brings a library along.
struct Library {
  string_view name;
  std::vector<string_view> headers;  // a trailing slash means every header below
  std::vector<string_view> holders;
};

const std::vector<Library>& Libraries() {
  static const std::vector<Library> libraries = {
      {"libsodium", {"sodium.h", "sodium/"}, {"crypto/primitives.cc"}},
      {"SQLCipher",
       {"sqlite3.h", "sqlite3ext.h", "sqlcipher/"},
       {"client-core/store/database.cc", "sync-server/store/sqlite/database.cc"}},
      {"gRPC",
       {"grpc/", "grpcpp/", "grpc++/"},
       {"client-core/sync/grpc_transport.cc", "sync-server/service/"}},
      {"libpq",
       {"libpq-fe.h", "libpq/", "postgresql/"},
       {"sync-server/store/postgres/connection.cc"}},
      {"yaml-cpp", {"yaml-cpp/"}, {"model/yaml_tree.cc"}},
      {"OpenSSL", {"openssl/"}, {"crypto/certificate.cc"}},
      {"dtl", {"dtl/"}, {"model/word_diff.cc"}},
      {"ICU", {"unicode/"}, {"sync-server/office/names.cc"}},
      {"libjpeg-turbo", {"turbojpeg.h", "jpeglib.h"}, {"client-core/client/picture.cc"}},
      {"libexif", {"libexif/"}, {"client-core/client/picture.cc"}},
      {"libcurl", {"curl/"}, {"sync-server/notifier/webhook.cc"}},
      {"Boost", {"boost/"}, {"shell/host/host.cc"}},
  };
  return libraries;
}

// The row that speaks for a path, or none. doorstepd's row is for files directly in sync-server.
const Row* RowOf(string_view path) {
  for (const Row& row : IncludeTable()) {
    if (row.folder == "sync-server" ? FolderOf(path) == row.folder : Below(path, row.folder)) {
      return &row;
    }
  }
  return nullptr;
}

bool IsHolder(const Library& library, string_view path) {
  return std::any_of(library.holders.begin(), library.holders.end(), [&](string_view holder) {
    if (!holder.ends_with('/')) return path == holder;
    holder.remove_suffix(1);
    return FolderOf(path) == holder && path.ends_with(".cc");
  });
}
bool IsHeaderOf(const Library& library, string_view header) {
  return std::any_of(library.headers.begin(), library.headers.end(), [&](string_view known) {
    return known.ends_with('/') ? header.starts_with(known) : header == known;
  });
}

string_view PathFromRoot(string_view include) {
  static const std::string abi = "client-core/include/doorstep/doorstep.h";
  return include == "doorstep/doorstep.h" ? string_view(abi) : include;
}

bool IsGenerated(string_view include) { return include.ends_with(".pb.h"); }
bool IsOurs(string_view include) { return !IsGenerated(include) && BelowAny(include, kTop); }

}  // namespace

Findings CheckArrows(const File& file) {
  Findings out;
  if (!IsCpp(file.path)) return out;
  const Row* row = RowOf(file.path);
  if (row == nullptr && !IsFree(file.path)) {
    return {{file.path, 1, "this folder has no row in the include table"}};
  }
  for (const Include& include : Includes(file.text)) {
    const auto refuse = [&](const std::string& what) {
      out.push_back({file.path, include.line, include.path + ": " + what});
    };
    const string_view target = PathFromRoot(include.path);
    const bool beside = include.quoted && target.find('/') == string_view::npos;
    if (beside || target.starts_with("./") || target.starts_with("../")) {
      refuse("an include is written from the root of the tree");
    } else if (row == nullptr) {
      if (!Below(file.path, "tests") && Below(target, "tests")) refuse("nothing includes tests");
    } else if (IsGenerated(target) && target.starts_with("doorstep/")) {
      const bool abi = target == "doorstep/v1/client.pb.h";
      if (row->messages == Messages::kNone) refuse("this folder includes no generated messages");
      if (row->messages == Messages::kAbi && !abi) refuse("only client.proto crosses the C ABI");
    } else if (IsOurs(target) && RowOf(target) != row) {
      const Row* to = RowOf(target);
      const bool known = to != nullptr &&
                         std::find(row->may.begin(), row->may.end(), to->folder) != row->may.end();
      if (!known) {
        refuse("a new arrow, from " + std::string(row->folder) + " to " +
               std::string(to == nullptr ? FolderOf(target) : to->folder));
      }
    }
  }
  return out;
}

Findings CheckLibraries(const File& file) {
  Findings out;
  if (!IsCpp(file.path) || IsFree(file.path)) return out;
  for (const Include& include : Includes(file.text)) {
    for (const Library& library : Libraries()) {
      const bool stubs = library.name == "gRPC" && include.path.ends_with(".grpc.pb.h");
      if (!stubs && !IsHeaderOf(library, include.path)) continue;
      if (IsHolder(library, file.path)) continue;
      out.push_back({file.path, include.line,
                     include.path + ": " + std::string(library.name) + " is held to other files"});
    }
  }
  return out;
}

}  // namespace doorstep::tidy
