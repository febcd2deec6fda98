#include "tests/capi/genesis.h"

#include <utility>

#include "crypto/certificate.h"
#include "crypto/device_keys.h"
#include "crypto/pem.h"
#include "crypto/primitives.h"
#include "doorstep/v1/client.pb.h"
#include "sync-server/admin/ceremony.h"
#include "sync-server/admin/server_keys.h"

namespace doorstep {
namespace {

constexpr int64_t kNowMs = 1'795'000'000'000;
constexpr char kNobodyThere[] = "127.0.0.1:1";

v1::FirstRequest RequestOf(const DeviceKeys& keys) {
  v1::FirstRequest request;
  request.set_sign_pk(std::string(View(keys.public_keys().sign)));
  request.set_box_pk(std::string(View(keys.public_keys().box)));
  request.set_tls_spki(std::string(View(keys.public_keys().tls_spki)));
  request.set_csr(
      *ToDer(PemKind::kCertificateRequest, *MakeCertificateRequest(keys.parts().tls_key_pem)));
  request.set_kind("COMPUTER");
  return request;
}

}  // namespace

std::string MakeGenesisFor(std::string_view first_request) {
  SystemRandom random;
  if (!InitCrypto().ok()) return "";
  server::FirstPerson supervisor{"Sam Sutton", {v1::ROLE_SUPERVISOR}, {}};
  if (!supervisor.request.ParseFromString(std::string(first_request))) return "";
  server::FirstPerson administrator{
      "Robin Archer", {v1::ROLE_ADMIN}, RequestOf(*DeviceKeys::Make(random))};
  server::GenesisPlan plan;
  plan.tenant = Id{random.Make<16>()};
  plan.authority = "Sampleshire Council";
  plan.team = "North";
  plan.recovery = random.Make<32>();
  const auto server_keys = server::MakeServerKeys({"127.0.0.1"}, kNowMs, random);
  if (!server_keys.ok()) return "";
  plan.server = *server::MakeServerRequest(*server_keys, kNobodyThere);
  plan.people.push_back(std::move(administrator));
  plan.people.push_back(std::move(supervisor));
  const auto genesis = server::MakeGenesis(plan, random.MakeSecret(32), kNowMs, random);
  return genesis.ok() ? genesis->SerializeAsString() : "";
}

}  // namespace doorstep
