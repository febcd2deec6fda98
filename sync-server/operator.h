// What the person who runs a server may ask of it, whether it serves at that moment or not. While
// it serves, the command goes over a socket file in its folder and is done by the server itself,
// since the store is open in one process only; otherwise the command opens the store.
#ifndef DOORSTEP_SYNC_SERVER_OPERATOR_H_
#define DOORSTEP_SYNC_SERVER_OPERATOR_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "sync-server/admin/server_folder.h"
#include "sync-server/ingest/ingest.h"
#include "sync-server/store/sqlite/sqlite_store.h"

namespace doorstep::server {

// Words of a command, the first its name:
//   admit FILE                        a ceremony's bundle
//   backup OUT ARCHIVE KEY…           ARCHIVE: "off-machine", "same-machine" or "look"
//   export SCOPE OUT                  SCOPE: "directory", "all", or 32 hexadecimal digits
//   release-gate
//   status
// Paths are absolute. A word holds neither tab nor newline.
using Command = std::vector<std::string>;

struct Desk {
  ServerFolder& folder;
  SqliteStore& store;
  Random& random;
  std::function<int64_t()> now_ms;
  // Runs a step where writing is allowed, and waits for it.
  std::function<absl::Status(absl::FunctionRef<absl::Status(Ingest&, Store&)>)> write;
  std::string serving;  // for status: the addresses, or "no"
};

// A line of the answer, and a line that only says how far it is.
struct Tell {
  std::function<void(std::string_view)> line;
  std::function<void(std::string_view)> progress;
};

absl::Status Do(const Desk& desk, const Command& command, const Tell& tell);

// Over the socket of the server that serves this folder, or else here.
absl::Status DoAnywhere(const std::string& folder, const Command& command, const Tell& tell);

// The serving end: reads a request, does it, and writes the lines of the answer.
std::string OperatorSocket(const std::string& folder);  // an address for LocalPort
void AnswerOperator(const Desk& desk, const std::string& request,
                    absl::FunctionRef<bool(std::string_view)> write);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OPERATOR_H_
