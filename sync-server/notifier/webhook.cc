#include "sync-server/notifier/webhook.h"

#include <curl/curl.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "crypto/primitives.h"
#include "crypto/reason.h"

namespace doorstep::server {
namespace {

struct Easy {
  CURL* handle = curl_easy_init();
  ~Easy() { curl_easy_cleanup(handle); }
};
struct Headers {
  curl_slist* list = nullptr;
  ~Headers() { curl_slist_free_all(list); }
  bool Add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (longer == nullptr) return false;
    list = longer;
    return true;
  }
};

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

absl::Status CheckUrl(const std::string& text) {
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return MakeStatus(Reason::kArg, "notices: that is no URL");
  }
  if (!PartOf(url.get(), CURLUPART_USER).empty()) {
    return MakeStatus(Reason::kArg, "notices: a URL holds no user; give a token file");
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  const std::string host = PartOf(url.get(), CURLUPART_HOST);
  const bool here = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  if (scheme == "https" || (scheme == "http" && here)) return absl::OkStatus();
  return MakeStatus(Reason::kArg, "notices go by https, or by http to this machine itself");
}

// The answer's body is nobody's business.
size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

}  // namespace

Webhook::Webhook(WebhookOptions options) : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<Webhook>> Webhook::Make(WebhookOptions options) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return MakeStatus(Reason::kInternal, "notices: libcurl does not start");
  }
  absl::Status url = CheckUrl(options.url);
  if (!url.ok()) return url;
  const std::string_view token = options.token.view();
  if (std::any_of(token.begin(), token.end(), [](char c) { return c < '!' || c > '~'; })) {
    return MakeStatus(Reason::kArg, "notices: a token is printable characters without spaces");
  }
  return std::unique_ptr<Webhook>(new Webhook(std::move(options)));
}

absl::Status Webhook::Tell(const Notice& notice) {
  const absl::Status failed = MakeStatus(Reason::kIo, "notices: the web service did not take it");
  const Easy easy;
  Headers headers;
  if (easy.handle == nullptr || !headers.Add("Content-Type: application/json")) return failed;
  if (!options_.token.view().empty()) {
    std::string line = "Authorization: Bearer " + std::string(options_.token.view());
    const bool added = headers.Add(line);
    WipeBytes({reinterpret_cast<uint8_t*>(line.data()), line.size()});
    if (!added) return failed;
  }
  const std::string body = NoticeJson(notice);
  CURL* const curl = easy.handle;
  bool set = true;
  auto with = [&](CURLcode code) { set = set && code == CURLE_OK; };
  with(curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str()));
  with(curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http"));
  with(curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L));
  with(curl_easy_setopt(curl, CURLOPT_PROXY, ""));
  with(curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L));
  with(curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout_ms)));
  with(curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    with(curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str()));
  }
  with(curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.list));
  with(curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size())));
  with(curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str()));
  with(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Discard));
  if (!set || curl_easy_perform(curl) != CURLE_OK) return failed;
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  return code >= 200 && code < 300 ? absl::OkStatus() : failed;
}

}  // namespace doorstep::server
