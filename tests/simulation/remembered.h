// Signatures that were verified once are not verified again: most of a run's time would go there,
// and each seed runs twice. Keyed by the hash of key, bytes and signature.
#ifndef DOORSTEP_TESTS_SIMULATION_REMEMBERED_H_
#define DOORSTEP_TESTS_SIMULATION_REMEMBERED_H_

#include <map>
#include <string>
#include <string_view>

#include "client-core/sync/page_check.h"

namespace doorstep::simulation {

class RememberingVerifier final : public client::Verifier {
 public:
  bool VerifyAuthor(const Id& tenant, const Changeset& changeset, const PublicKey& key) override;
  bool VerifyHead(const Id& tenant, const SignedHead& head, const PublicKey& log_pk) override;
  // Between seeds: nothing of one comes again in another.
  void Forget() { known_.clear(); }

 private:
  std::map<Hash32, bool> known_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_REMEMBERED_H_
