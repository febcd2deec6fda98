#include "client-core/sync/transport.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace doorstep::client {

std::string EnrolAddress(std::string_view address) {
  size_t colon = address.rfind(':');
  uint32_t port = 0;
  bool whole = colon != std::string_view::npos && colon > 0 &&
               absl::SimpleAtoi(address.substr(colon + 1), &port) && port > 0 && port < 65535;
  if (!whole) return "";
  return absl::StrCat(address.substr(0, colon + 1), port + 1);
}

}  // namespace doorstep::client
