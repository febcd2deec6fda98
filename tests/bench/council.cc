#include "tests/bench/council.h"

#include <cassert>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <utility>
#include <vector>

#include "sync-server/admin/ceremony.h"
#include "tests/bench/contact.h"

namespace doorstep::bench {
namespace {

constexpr char kHost[] = "127.0.0.1";

server::ServerKeys MakeKeys(Random& random) {
  absl::StatusOr<server::ServerKeys> keys = server::MakeServerKeys({kHost}, SystemNowMs(), random);
  assert(keys.ok());
  return *std::move(keys);
}

server::FirstPerson Named(Device& device, const std::string& name, v1::Role role) {
  absl::StatusOr<v1::FirstRequest> request = device.client().MakeRequestFile("PHONE");
  assert(request.ok());
  return {name, {role}, *std::move(request)};
}

}  // namespace

WorkFolder::WorkFolder(const std::string& parent) {
  path_ = parent + "/doorstep-bench-XXXXXX";
  const char* made = mkdtemp(path_.data());
  assert(made != nullptr);
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string WorkFolder::Make(const std::string& name) const {
  const std::string path = path_ + "/" + name;
  std::filesystem::create_directory(path);
  return path;
}

Council::Council(const std::string& parent, Road road)
    : folder(parent),
      administrator(folder.Make("administrator"), clock),
      supervisor(folder.Make("supervisor"), clock),
      newcomer(folder.Make("newcomer"), clock),
      worker(folder.Make("worker"), clock),
      server_keys_(MakeKeys(random_)) {
  server::GenesisPlan plan;
  plan.tenant = Id{random_.Make<16>()};
  plan.authority = "Sample Council";
  plan.team = "Sample Team";
  plan.recovery = BoxPublicKey(random_.MakeSecret(32));
  plan.server = *server::MakeServerRequest(server_keys_, std::string(kHost) + ":7443");
  plan.people.push_back(Named(administrator, "Administrator", v1::ROLE_ADMIN));
  plan.people.push_back(Named(supervisor, "Supervisor", v1::ROLE_SUPERVISOR));
  plan.people.push_back(Named(newcomer, "Another supervisor", v1::ROLE_SUPERVISOR));
  plan.people.push_back(Named(worker, "Key worker", v1::ROLE_KEY_WORKER));

  const Secret root_seed = random_.MakeSecret(32);
  absl::StatusOr<v1::GenesisBundle> genesis =
      server::MakeGenesis(plan, root_seed, clock.now_ms, random_);
  assert(genesis.ok());
  office = std::make_unique<Office>(folder.Make("server"), plan.tenant, SignPublicKey(root_seed),
                                    server_keys_);
  office->Admit(genesis->genesis(), clock.now_ms);
  const std::string address = road == Road::kGrpc ? office->GoOnline() : "";
  for (Device* device : {&administrator, &supervisor, &newcomer, &worker}) {
    const absl::Status taken = device->client().TakeGenesis(*genesis, address);
    assert(taken.ok());
  }
  for (Device* device : {&administrator, &supervisor, &worker}) RunContact(*device, *office);
}

}  // namespace doorstep::bench
