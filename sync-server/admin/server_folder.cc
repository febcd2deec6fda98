#include "sync-server/admin/server_folder.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "crypto/reason.h"
#include "model/scanner.h"
#include "sync-server/admin/ceremony.h"
#include "sync-server/admin/files.h"

namespace doorstep::server {
namespace {

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

Id ServerFolder::tenant() const {
  assert(genesis.has_value());
  return *Id::FromBytes(genesis->tenant());
}

PublicKey ServerFolder::genesis_root() const {
  assert(genesis.has_value());
  PublicKey root{};
  const bool copied = CopyExactly(genesis->root_pk(), root);
  assert(copied);
  return root;
}

absl::StatusOr<ServerFolder> MakeServerFolder(const std::string& path, const std::string& address,
                                              std::vector<std::string> names, int64_t now_ms,
                                              Random& random) {
  const absl::StatusOr<std::string> host = HostOf(address);
  if (!host.ok()) return host.status();
  if (std::find(names.begin(), names.end(), *host) == names.end())
    names.insert(names.begin(), *host);
  absl::StatusOr<ServerKeys> keys = MakeServerKeys(names, now_ms, random);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<v1::ServerRequest> request = MakeServerRequest(*keys, address);
  if (!request.ok()) return request.status();
  ServerFolder folder{path, *std::move(keys), *std::move(request), std::move(names), std::nullopt};
  if (absl::Status status = WriteServerFolder(folder); !status.ok()) return status;
  return folder;
}

absl::Status WriteServerFolder(const ServerFolder& folder) {
  if (IsThere(folder.path)) return MakeStatus(Reason::kState, folder.path + " is there already");
  if (absl::Status status = MakeNewFolder(folder.path); !status.ok()) return status;
  absl::Status status = SaveServerKeys(folder.keys, folder.path);
  const auto write = [&](const char* name, const std::string& bytes) {
    if (status.ok()) status = WriteNewFile(folder.path + name, bytes, Readers::kEverybody);
  };
  write("/names", Joined(folder.names));
  if (folder.genesis) write("/genesis", folder.genesis->SerializeAsString());
  // Last: a folder without it is not one, and says so when it is opened.
  write("/server.request", folder.request.SerializeAsString());
  return status;
}

absl::StatusOr<ServerFolder> OpenServerFolder(const std::string& path) {
  ServerFolder folder;
  folder.path = path;
  const absl::StatusOr<std::string> request = ReadSmallFile(path + "/server.request");
  if (ReasonOf(request.status()) == Reason::kNotFound) {
    return MakeStatus(Reason::kNotFound, path +
                                             " is not the folder of a server; make one with: "
                                             "doorstepd init");
  }
  if (!request.ok()) return request.status();
  if (absl::Status status = ParseMessage(*request, folder.request); !status.ok()) return status;
  absl::StatusOr<ServerKeys> keys = LoadServerKeys(path);
  if (!keys.ok()) return keys.status();
  folder.keys = *std::move(keys);
  const absl::StatusOr<std::string> names = ReadSmallFile(path + "/names");
  if (!names.ok()) return names.status();
  folder.names = Lines(*names);
  if (!IsThere(path + "/genesis")) return folder;
  const absl::StatusOr<std::string> genesis = ReadSmallFile(path + "/genesis");
  if (!genesis.ok()) return genesis.status();
  v1::GenesisBundle bundle;
  if (absl::Status status = ParseMessage(*genesis, bundle); !status.ok()) return status;
  if (absl::Status status = CheckGenesis(bundle, folder.request); !status.ok()) return status;
  folder.genesis = std::move(bundle);
  return folder;
}

absl::Status AdmitGenesis(ServerFolder& folder, const v1::GenesisBundle& bundle) {
  if (folder.genesis) {
    if (folder.genesis->SerializeAsString() == bundle.SerializeAsString()) return absl::OkStatus();
    return MakeStatus(Reason::kState, "this server has its genesis, and it is another one");
  }
  if (absl::Status status = CheckGenesis(bundle, folder.request); !status.ok()) return status;
  const absl::Status written =
      WriteNewFile(folder.path + "/genesis", bundle.SerializeAsString(), Readers::kEverybody);
  if (!written.ok()) return written;
  folder.genesis = bundle;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SqliteStore>> OpenStore(const ServerFolder& folder) {
  if (!folder.genesis) {
    return MakeStatus(Reason::kState,
                      "this server has no genesis yet; give it a ceremony's with: doorstepd admit");
  }
  return SqliteStore::Open(folder.path + "/store.db", folder.keys.store_key, folder.tenant());
}

}  // namespace doorstep::server
