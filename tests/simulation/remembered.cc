#include "tests/simulation/remembered.h"

#include "crypto/primitives.h"

namespace doorstep::simulation {
namespace {

Hash32 KeyOf(std::string_view what, const Id& tenant, const PublicKey& key, std::string_view bytes,
             const Signature& signature) {
  St st(what);
  st.Add(tenant.view()).Add(key).Add(bytes).Add(signature);
  return H(st.bytes());
}

}  // namespace

bool RememberingVerifier::VerifyAuthor(const Id& tenant, const Changeset& changeset,
                                       const PublicKey& key) {
  auto [at, fresh] =
      known_.try_emplace(KeyOf("author", tenant, key, changeset.bytes, changeset.signature), false);
  if (fresh) at->second = client::PlainVerifier().VerifyAuthor(tenant, changeset, key);
  return at->second;
}

bool RememberingVerifier::VerifyHead(const Id& tenant, const SignedHead& head,
                                     const PublicKey& log_pk) {
  auto [at, fresh] =
      known_.try_emplace(KeyOf("head", tenant, log_pk, head.bytes, head.signature), false);
  if (fresh) at->second = client::PlainVerifier().VerifyHead(tenant, head, log_pk);
  return at->second;
}

}  // namespace doorstep::simulation
