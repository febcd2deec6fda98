// Log entries and signed heads, as a server that was taken over may send them.
#include "model/limits.h"
#include "model/log.h"
#include "model/scanner.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {
namespace {

const Id kTenant{Hash16{1}};
Secret Seed() { return Secret::FromBytes(std::string(32, 'd')); }

}  // namespace

std::vector<std::string> Seeds() {
  v1::Changeset body;
  for (auto set :
       {&v1::Changeset::set_uid<std::string>, &v1::Changeset::set_scope<std::string>,
        &v1::Changeset::set_device<std::string>, &v1::Changeset::set_actor<std::string>}) {
    (body.*set)(std::string(16, 'i'));
  }
  absl::StatusOr<Changeset> changeset = AuthorChangeset(kTenant, body, Seed());
  Require(changeset.ok(), "no changeset");
  v1::EntryMeta meta;
  meta.set_seq(1);
  meta.set_verdict(v1::APPLIED);
  meta.add_released(std::string(16, 'r'));
  Entry entry = MakeEntry(kTenant, *changeset, meta, Hash32{});
  v1::Head head;
  head.set_scope(std::string(16, 'i'));
  head.set_seq(1);
  head.set_entry_hash(View(entry.hash).data(), entry.hash.size());
  return {entry.Wire().SerializeAsString(),
          SignHead(kTenant, head, Seed()).Wire().SerializeAsString()};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  std::string_view input = Input(data, size);
  v1::LogEntry wire;
  if (ParseMessage(input, wire).ok()) {
    if (absl::StatusOr<Entry> entry = DecodeEntry(wire); entry.ok()) {
      Require(entry->Wire().meta() == wire.meta(), "meta changed");
      Require(entry->seq() > 0, "an entry without a number");
    }
  }
  v1::SignedHead signed_head;
  if (ParseMessage(input, signed_head).ok()) {
    if (absl::StatusOr<SignedHead> head = DecodeHead(signed_head); head.ok()) {
      static const PublicKey key = SignPublicKey(Secret::FromBytes(std::string(32, 'd')));
      bool genuine = VerifyHead(kTenant, *head, key);
      Require(!genuine || head->bytes == signed_head.head(), "a head verified as other bytes");
    }
  }
  return 0;
}
