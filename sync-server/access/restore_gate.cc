#include "sync-server/access/restore_gate.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace doorstep::server {
namespace {

// The meta row is there while the gate waits; it holds the ids of those who have been heard,
// ascending, 16 bytes each.
constexpr char kGate[] = "restore gate";

std::set<std::string> HeardIn(const std::string& value) {
  std::set<std::string> heard;
  for (size_t at = 0; at + 16 <= value.size(); at += 16) heard.insert(value.substr(at, 16));
  return heard;
}

}  // namespace

absl::StatusOr<Gate> GateOf(const ReadView& view) {
  absl::StatusOr<std::optional<std::string>> row = view.FindMeta(kGate);
  if (!row.ok()) return row.status();
  return *row ? Gate::kWaiting : Gate::kOpen;
}

absl::Status CloseGate(Transaction& transaction) { return transaction.PutMeta(kGate, ""); }

absl::Status OpenGate(Transaction& transaction) { return transaction.DropMeta(kGate); }

absl::Status Hear(Transaction& transaction, const Directory& directory, const Id& administrator) {
  absl::StatusOr<std::optional<std::string>> row = transaction.FindMeta(kGate);
  if (!row.ok()) return row.status();
  if (!*row) return absl::OkStatus();
  std::set<std::string> heard = HeardIn(**row);
  heard.insert(administrator.str());
  const std::vector<Id> all = directory.CountingAdministrators(directory.seq());
  const bool everybody = std::all_of(all.begin(), all.end(),
                                     [&](const Id& user) { return heard.contains(user.str()); });
  if (everybody) return OpenGate(transaction);
  std::string value;
  for (const std::string& id : heard) value += id;
  return transaction.PutMeta(kGate, value);
}

}  // namespace doorstep::server
