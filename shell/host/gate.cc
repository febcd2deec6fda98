#include "shell/host/gate.h"

#include <sys/random.h>

#include <array>
#include <cassert>

namespace doorstep::shell {

std::string GenerateToken() {
  std::array<uint8_t, 32> bytes = {};
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t some = getrandom(bytes.data() + got, bytes.size() - got, 0);
    if (some > 0) got += static_cast<size_t>(some);
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string token;
  for (const uint8_t byte : bytes) {
    token += kDigits[byte >> 4];
    token += kDigits[byte & 15];
  }
  assert(token.size() == 64);
  return token;
}

bool SameToken(std::string_view given, std::string_view token) {
  assert(!token.empty());
  if (given.size() != token.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < token.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(token[i]);
  }
  return difference == 0;
}

int Refusal(const Asked& asked, uint16_t port, std::string_view token) {
  const std::string own = "127.0.0.1:" + std::to_string(port);
  if (asked.host != own) return 421;
  if (asked.method == "GET" || asked.method == "HEAD") return 0;
  if (asked.method != "POST") return 405;
  if (asked.origin != "http://" + own) return 403;
  if (!SameToken(asked.token, token)) return 401;
  return 0;
}

}  // namespace doorstep::shell
