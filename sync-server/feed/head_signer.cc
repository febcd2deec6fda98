#include "sync-server/feed/head_signer.h"

#include <utility>

#include "crypto/primitives.h"

namespace doorstep::server {

LogKeySigner::LogKeySigner(const Id& tenant, Secret log_seed)
    : tenant_(tenant), log_seed_(std::move(log_seed)), log_key_(SignPublicKey(log_seed_)) {}

SignedHead LogKeySigner::Sign(v1::Head head) const {
  head.set_key(DeriveRecipientId(log_key_).str());
  return SignHead(tenant_, head, log_seed_);
}

}  // namespace doorstep::server
