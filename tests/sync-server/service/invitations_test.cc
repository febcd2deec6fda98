#include "sync-server/service/invitations.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/reason.h"

namespace doorstep::server {
namespace {

InvitationHandle HandleOf(uint8_t byte) {
  InvitationHandle handle;
  handle.fill(byte);
  return handle;
}
v1::EnrolRequest RequestOf(const std::string& key) {
  v1::EnrolRequest request;
  request.mutable_keys()->set_sign_pk(key);
  return request;
}
v1::InvitationAnswer AnswerTo(const std::string& key) {
  v1::InvitationAnswer answer;
  answer.set_sign_pk(key);
  answer.mutable_answer()->set_device("device of " + key);
  return answer;
}

TEST_CASE("what is remembered comes back from its bytes, and nothing shorter is taken for it") {
  Invitations before(4);
  REQUIRE(before.Open(HandleOf(1), 1'000, 0).ok());
  REQUIRE(before.Open(HandleOf(2), 2'000, 0).ok());
  REQUIRE(before.Ask(HandleOf(1), RequestOf("a"), 1).ok());
  REQUIRE(before.Ask(HandleOf(1), RequestOf("b"), 1).ok());
  REQUIRE(before.Answer(HandleOf(1), AnswerTo("b"), 2).ok());
  const std::string bytes = before.Encode();
  const absl::StatusOr<Invitations> after = Invitations::Decode(bytes, 4);
  REQUIRE(after.ok());
  CHECK(after->Encode() == bytes);
  CHECK(after->Poll(HandleOf(1), "b", 3)->device() == "device of b");
  CHECK(after->Waiting(HandleOf(1), 3)->requests_size() == 2);
  int whole = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    whole += Invitations::Decode(bytes.substr(0, size), 4).ok() ? 1 : 0;
  }
  CHECK(whole == 2);  // of nothing, and of the first invitation alone
}

TEST_CASE("an expired invitation is as one that never was, and makes room") {
  Invitations book(1);
  REQUIRE(book.Open(HandleOf(1), 1'000, 0).ok());
  REQUIRE(book.Ask(HandleOf(1), RequestOf("a"), 999).ok());
  CHECK(ReasonOf(book.Open(HandleOf(2), 2'000, 999)) == Reason::kLimit);
  const Reason unknown = ReasonOf(book.Ask(HandleOf(9), RequestOf("a"), 999).status());
  CHECK(ReasonOf(book.Ask(HandleOf(1), RequestOf("a"), 1'000).status()) == unknown);
  CHECK(ReasonOf(book.Poll(HandleOf(1), "a", 1'000).status()) == unknown);
  CHECK(ReasonOf(book.Answer(HandleOf(1), AnswerTo("a"), 1'000)) == unknown);
  CHECK(book.Open(HandleOf(2), 2'000, 1'000).ok());
}

TEST_CASE("opened again an invitation only lasts longer") {
  Invitations book(4);
  REQUIRE(book.Open(HandleOf(1), 1'000, 0).ok());
  REQUIRE(book.Ask(HandleOf(1), RequestOf("a"), 1).ok());
  REQUIRE(book.Open(HandleOf(1), 5'000, 2).ok());
  CHECK(*book.Ask(HandleOf(1), RequestOf("a"), 1'500) == 5'000);
  CHECK(book.Waiting(HandleOf(1), 1'500)->requests_size() == 1);
}

}  // namespace
}  // namespace doorstep::server
