#include "client-core/sync/transport.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace doorstep::client {

std::string EnrolAddress(std::string_view address) {
  size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return "";
  std::string host(address.substr(0, colon + 1));
  uint32_t port = 0;
  bool whole = absl::SimpleAtoi(std::string(address.substr(colon + 1)), &port);
  if (!whole || port == 0 || port >= 65535) return "";
  return absl::StrCat(host, port + 1);
}

}  // namespace doorstep::client
