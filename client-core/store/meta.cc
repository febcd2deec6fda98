#include "client-core/store/meta.h"

namespace doorstep::client {

absl::Status Meta::Set(std::string_view name, std::string_view value) {
  Statement put = database_.Prepare("INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)");
  return put.BindText(1, name).Bind(2, value).Run();
}

absl::Status Meta::SetInt(std::string_view name, int64_t value) {
  Statement put = database_.Prepare("INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)");
  return put.BindText(1, name).Bind(2, value).Run();
}

absl::Status Meta::Remove(std::string_view name) {
  return database_.Prepare("DELETE FROM meta WHERE name = ?1").BindText(1, name).Run();
}

absl::StatusOr<std::optional<std::string>> Meta::Get(std::string_view name) const {
  Statement get = database_.Prepare("SELECT value FROM meta WHERE name = ?1");
  std::optional<std::string> value;
  if (get.BindText(1, name).Step()) value = std::string(get.Blob(0));
  if (!get.status().ok()) return get.status();
  return value;
}

absl::StatusOr<std::optional<int64_t>> Meta::GetInt(std::string_view name) const {
  Statement get = database_.Prepare("SELECT value FROM meta WHERE name = ?1");
  std::optional<int64_t> value;
  if (get.BindText(1, name).Step()) value = get.Int(0);
  if (!get.status().ok()) return get.status();
  return value;
}

absl::StatusOr<std::vector<std::string>> Meta::Names(std::string_view beginning) const {
  Statement names = database_.Prepare(
      "SELECT name FROM meta WHERE name >= ?1 AND substr(name, 1, ?2) = ?1 ORDER BY name");
  std::vector<std::string> found;
  names.BindText(1, beginning).Bind(2, static_cast<uint64_t>(beginning.size()));
  while (names.Step()) found.emplace_back(names.Blob(0));
  if (!names.status().ok()) return names.status();
  return found;
}

}  // namespace doorstep::client
