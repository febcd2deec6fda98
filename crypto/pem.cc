#include "crypto/pem.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kLineChars = 64;

std::string Label(PemKind kind) {
  switch (kind) {
    case PemKind::kCertificate:
      return "CERTIFICATE";
    case PemKind::kCertificateRequest:
      return "CERTIFICATE REQUEST";
  }
  return "";
}
std::string Begin(PemKind kind) { return "-----BEGIN " + Label(kind) + "-----"; }
std::string End(PemKind kind) { return "-----END " + Label(kind) + "-----"; }

}  // namespace

std::string ToPem(PemKind kind, std::string_view der_or_pem) {
  if (der_or_pem.starts_with("-----BEGIN ")) return std::string(der_or_pem);
  const std::string text = absl::Base64Escape({der_or_pem.data(), der_or_pem.size()});
  std::string pem = Begin(kind) + "\n";
  for (size_t at = 0; at < text.size(); at += kLineChars) {
    pem += text.substr(at, kLineChars) + "\n";
  }
  return pem + End(kind) + "\n";
}

absl::StatusOr<std::string> ToDer(PemKind kind, std::string_view pem) {
  const std::string begin = Begin(kind);
  const size_t from = pem.find(begin);
  const size_t to = from == std::string_view::npos ? from : pem.find(End(kind), from);
  if (to == std::string_view::npos) {
    return MakeStatus(Reason::kFormat, "no PEM block of this kind");
  }
  std::string text(pem.substr(from + begin.size(), to - from - begin.size()));
  text.erase(std::remove_if(text.begin(), text.end(), absl::ascii_isspace), text.end());
  std::string der;
  if (!absl::Base64Unescape(text, &der) || der.empty()) {
    return MakeStatus(Reason::kFormat, "the PEM block is damaged");
  }
  return der;
}

}  // namespace doorstep
