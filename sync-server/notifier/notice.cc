#include "sync-server/notifier/notice.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "crypto/primitives.h"

namespace doorstep::server {
namespace {

std::string UtcText(int64_t ms) {
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  if (gmtime_r(&seconds, &utc) == nullptr) return "";
  std::array<char, 32> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return std::string(text.data(), size);
}

}  // namespace

Hash16 NoticeIdOf(const Id& tenant, const Id& scope, const Id& visit) {
  return H16(St("doorstep/notice/v1").Add(tenant.bytes).Add(scope.bytes).Add(visit.bytes).bytes());
}

std::string NoticeJson(const Notice& notice) {
  nlohmann::ordered_json json;
  const bool missing = notice.kind == Notice::Kind::kCheckOutMissing;
  json["notice"] = ToHex(View(notice.id));
  json["kind"] = missing ? "check_out_missing" : "checked_out";
  json["worker"] = notice.worker.hex();
  json["tell"] = nlohmann::ordered_json::array();
  for (const Id& staff : notice.tell) json["tell"].push_back(staff.hex());
  if (missing) json["due"] = UtcText(notice.due_ms);
  return json.dump();
}

absl::Status LogNotifier::Tell(const Notice& notice) {
  line_("notice " + NoticeJson(notice));
  return absl::OkStatus();
}

}  // namespace doorstep::server
