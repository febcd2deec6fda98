// Small facts about this device that are neither log nor outbox: who it is, where its server is,
// what it last saw. One value a name.
#ifndef DOORSTEP_CLIENT_CORE_STORE_META_H_
#define DOORSTEP_CLIENT_CORE_STORE_META_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"

namespace doorstep::client {

// Names in use. A caller may use names of its own; those of one kind share a beginning, such as the
// endings of assignments that this device has acted on ("ending/" and the assignment's bytes).
namespace meta {
inline constexpr std::string_view kTenant = "tenant";             // set when the store is made
inline constexpr std::string_view kDevice = "device";             // set when the store is made
inline constexpr std::string_view kGenesisRoot = "genesis_root";  // public key; set when it is made
inline constexpr std::string_view kActor = "actor";               // the person's staff id
inline constexpr std::string_view kServerAddress = "server_address";
inline constexpr std::string_view kServerCa = "server_ca";  // DER
inline constexpr std::string_view kLastContact = "last_contact_ms";
inline constexpr std::string_view kClockOffset = "clock_offset_ms";
inline constexpr std::string_view kFoundCounting = "found_counting";  // once true, for ever
inline constexpr std::string_view kGated = "gated";  // the server waits after a restore
// Of the catalog that made the indexes.
inline constexpr std::string_view kIndexedSchema = "indexed_schema";
inline constexpr std::string_view kIndexedRow = "indexed_row";  // of search_text, see search.h
inline constexpr std::string_view kEnding = "ending/";
}  // namespace meta

class Meta {
 public:
  explicit Meta(Database& database) : database_(database) {}

  // Each a statement of its own, or part of the transaction that is open.
  absl::Status Set(std::string_view name, std::string_view value);
  absl::Status SetInt(std::string_view name, int64_t value);
  absl::Status Remove(std::string_view name);

  // nullopt: never set.
  absl::StatusOr<std::optional<std::string>> Get(std::string_view name) const;
  absl::StatusOr<std::optional<int64_t>> GetInt(std::string_view name) const;
  // Names that begin so, ascending.
  absl::StatusOr<std::vector<std::string>> Names(std::string_view beginning) const;

 private:
  Database& database_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_META_H_
