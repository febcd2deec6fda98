// What people type: invitations, device numbers, recovery shares. What is accepted says the same
// when it is written out again.
#include "crypto/invitation.h"
#include "crypto/recovery.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {

std::vector<std::string> Seeds() {
  CountingRandom random(1);
  absl::StatusOr<Invitation> invitation = MakeInvitation("office.example:8443", random);
  Require(invitation.ok(), "no invitation");
  std::vector<std::string> seeds{std::string(FormatInvitation(*invitation).view()),
                                 FormatDeviceNumber(random.Make<10>())};
  Secret seed = Secret::FromBytes(std::string(32, 's'));
  for (const RecoveryShare& share : SplitSeed(RecoveryKind::kRootKey, Hash16{1}, seed, random)) {
    seeds.emplace_back(ShareToText(share).view());
    seeds.emplace_back(ShareToBytes(share).view());
  }
  return seeds;
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  std::string_view text = Input(data, size);
  if (absl::StatusOr<Invitation> invitation = ParseInvitation(text); invitation.ok()) {
    Secret code = FormatInvitation(*invitation);
    absl::StatusOr<Invitation> again = ParseInvitation(code.view());
    Require(again.ok() && again->server == invitation->server &&
                EqualSecrets(again->secret.view(), invitation->secret.view()),
            "an invitation changed when written out");
  }
  if (absl::StatusOr<DeviceNumber> number = ParseDeviceNumber(text); number.ok()) {
    absl::StatusOr<DeviceNumber> again = ParseDeviceNumber(FormatDeviceNumber(*number));
    Require(again.ok() && *again == *number, "a device number changed when written out");
  }
  if (absl::StatusOr<RecoveryShare> share = ReadShare(text); share.ok()) {
    absl::StatusOr<RecoveryShare> again = ReadShare(ShareToBytes(*share).view());
    Require(again.ok() && EqualSecrets(ShareToText(*again).view(), ShareToText(*share).view()),
            "a share changed when written out");
  }
  return 0;
}
