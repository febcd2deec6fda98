// A signed changeset from a device that we know nothing of. What decodes keeps its bytes, and is
// judged and folded without harm by a scope that has never seen it.
#include "model/changeset.h"
#include "model/judge.h"
#include "model/merge.h"
#include "model/value.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {
namespace {

const Id kTenant{Hash16{1}};
Secret Seed() { return Secret::FromBytes(std::string(32, 'd')); }

v1::Changeset Body() {
  v1::Changeset body;
  body.set_uid(std::string(16, 'u'));
  body.set_scope(std::string(16, 'f'));
  body.set_device(std::string(16, 'd'));
  body.set_actor(std::string(16, 'a'));
  body.set_schema(1);
  body.mutable_clock()->set_wall_ms(-5);
  v1::RecordChange* change = body.add_changes();
  change->set_type(27);
  change->set_id(std::string(16, 'v'));
  v1::FieldWrite* write = change->add_writes();
  write->set_field(19);
  write->set_value(EncodeBytes(19, "an account"));
  v1::OpId* op = write->add_overwrites();
  op->set_uid(std::string(16, 'o'));
  op->set_index(3);
  return body;
}

}  // namespace

std::vector<std::string> Seeds() {
  absl::StatusOr<Changeset> changeset = AuthorChangeset(kTenant, Body(), Seed());
  Require(changeset.ok(), "no changeset");
  v1::Changeset wrapped = Body();
  v1::Wrap* wrap = wrapped.add_wraps();
  wrap->set_recipient(std::string(16, 'r'));
  wrap->set_sealed(std::string(80, 's'));
  absl::StatusOr<Changeset> with_wraps = AuthorChangeset(kTenant, wrapped, Seed());
  Require(with_wraps.ok(), "no changeset with wraps");
  return {changeset->Signed().SerializeAsString(), with_wraps->Signed().SerializeAsString()};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  v1::SignedChangeset wire;
  if (!wire.ParseFromArray(data, static_cast<int>(size))) return 0;
  absl::StatusOr<Changeset> changeset = DecodeChangeset(wire);
  if (!changeset.ok()) return 0;
  Require(changeset->Signed().changeset() == wire.changeset(), "bytes changed");
  Require(changeset->body.uid() == changeset->uid.view(), "a uid that is not the changeset's");

  static const Directory directory(kTenant, PublicKey{});
  ScopeState scope(changeset->scope, nullptr);
  Bench bench{Catalog::Get(), directory, 0, 0};
  Judgement judgement = Judge(bench, scope, *changeset);
  Require(judgement.verdict == v1::HELD || changeset->scope == changeset->device,
          "a stranger's changeset may take effect");
  MergeChangeset(scope, *changeset, 1);
  Hash32 once = scope.Digest();
  ScopeState other(changeset->scope, nullptr);
  MergeChangeset(other, *changeset, 1);
  Require(other.Digest() == once, "two folds differ");
  return 0;
}
