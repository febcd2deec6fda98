// Who may ask this host anything. It listens on loopback, where every program of the machine and
// every page of every browser can reach it; so each request proves where it comes from before a
// byte of its body is read. Pure functions, no I/O.
#ifndef DOORSTEP_SHELL_HOST_GATE_H_
#define DOORSTEP_SHELL_HOST_GATE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep::shell {

// 32 random bytes as 64 hexadecimal digits: made at each start, told to the person's browser alone.
std::string GenerateToken();

// In a time that does not depend on where they differ.
bool SameToken(std::string_view given, std::string_view token);

struct Asked {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  std::string_view origin;
  std::string_view token;
};

// The status of HTTP with which a request is turned away, or 0. In this order: another Host is 421,
// so that a name which was made to point here (DNS rebinding) reads nothing; a POST of another or
// no Origin is 403; a POST without the token is 401; any method but GET, HEAD and POST is 405.
// Files need no token: they are the same for everybody and hold nothing of anybody.
int Refusal(const Asked& asked, uint16_t port, std::string_view token);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_HOST_GATE_H_
