// Who signs the heads of logs. The service holds the log keys and knows which of them counts in the
// directory; the cores only ask for signatures.
#ifndef DOORSTEP_SYNC_SERVER_FEED_HEAD_SIGNER_H_
#define DOORSTEP_SYNC_SERVER_FEED_HEAD_SIGNER_H_

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "model/log.h"
#include "model/record_id.h"

namespace doorstep::server {

class HeadSigner {
 public:
  virtual ~HeadSigner() = default;
  // Any thread. The public half of the key that signs now.
  virtual PublicKey log_key() const = 0;
  // `head` with its `key` set to that key, signed.
  virtual SignedHead Sign(v1::Head head) const = 0;
};

// Signs with one key in memory.
class LogKeySigner final : public HeadSigner {
 public:
  LogKeySigner(const Id& tenant, Secret log_seed);
  PublicKey log_key() const override { return log_key_; }
  SignedHead Sign(v1::Head head) const override;

 private:
  Id tenant_;
  Secret log_seed_;
  PublicKey log_key_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_FEED_HEAD_SIGNER_H_
