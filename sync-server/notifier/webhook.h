// Hands notices to a web service of the authority's own, which sends them on as it sends its other
// messages: POST of NoticeJson, `Content-Type: application/json`. Any answer of 200 to 299 says
// that it has taken it. By libcurl, held to webhook.cc.
#ifndef DOORSTEP_SYNC_SERVER_NOTIFIER_WEBHOOK_H_
#define DOORSTEP_SYNC_SERVER_NOTIFIER_WEBHOOK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "sync-server/notifier/notice.h"

namespace doorstep::server {

struct WebhookOptions {
  std::string url;      // https; http only to this machine itself
  Secret token;         // sent as `Authorization: Bearer …`; empty: none
  std::string ca_file;  // instead of the system's CAs; empty: those
  int64_t timeout_ms = 10'000;
};

class Webhook final : public Notifier {
 public:
  // INVALID_ARGUMENT (E_ARG): no such URL, a user in it, http to another machine, a token with line
  // ends. Once per process before any thread of another kind uses libcurl.
  static absl::StatusOr<std::unique_ptr<Webhook>> Make(WebhookOptions options);

  // One thread at a time. UNAVAILABLE (E_IO): not reached, not taken, redirected; no word of the
  // answer is kept.
  absl::Status Tell(const Notice& notice) override;

 private:
  explicit Webhook(WebhookOptions options);
  WebhookOptions options_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_NOTIFIER_WEBHOOK_H_
