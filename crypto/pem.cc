#include "crypto/pem.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kLineChars = 64;

std::string_view Label(PemKind kind) {
  switch (kind) {
    case PemKind::kCertificate: return "CERTIFICATE";
    case PemKind::kCertificateRequest: return "CERTIFICATE REQUEST";
  }
  return "";
}

}  // namespace

std::string ToPem(PemKind kind, std::string_view der_or_pem) {
  if (absl::StartsWith(der_or_pem, "-----BEGIN ")) return std::string(der_or_pem);
  const std::string text = absl::Base64Escape(der_or_pem);
  std::string pem = absl::StrCat("-----BEGIN ", Label(kind), "-----\n");
  for (size_t at = 0; at < text.size(); at += kLineChars) {
    absl::StrAppend(&pem, text.substr(at, kLineChars), "\n");
  }
  absl::StrAppend(&pem, "-----END ", Label(kind), "-----\n");
  return pem;
}

absl::StatusOr<std::string> ToDer(PemKind kind, std::string_view pem) {
  const std::string begin = absl::StrCat("-----BEGIN ", Label(kind), "-----");
  const std::string end = absl::StrCat("-----END ", Label(kind), "-----");
  const size_t from = pem.find(begin);
  const size_t to = from == std::string_view::npos ? from : pem.find(end, from);
  if (to == std::string_view::npos) {
    return MakeStatus(Reason::kFormat, absl::StrCat("no PEM block ", Label(kind)));
  }
  std::string text(pem.substr(from + begin.size(), to - from - begin.size()));
  text.erase(std::remove_if(text.begin(), text.end(), absl::ascii_isspace), text.end());
  std::string der;
  if (!absl::Base64Unescape(text, &der) || der.empty()) {
    return MakeStatus(Reason::kFormat, absl::StrCat("the PEM block is damaged: ", Label(kind)));
  }
  return der;
}

}  // namespace doorstep
