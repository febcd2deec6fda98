// Two programs that agree: the formulas of crypto/ against scripts/golden.py.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/attachment.h"
#include "crypto/certificate.h"
#include "crypto/invitation.h"
#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "crypto/recovery.h"
#include "crypto/restricted.h"
#include "crypto/vault.h"
#include "tests/conformance/golden_file.h"

namespace doorstep {
namespace {

// Hands out the bytes it was given.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::string script) : script_(std::move(script)) {}
  void Fill(std::span<uint8_t> out) override {
    REQUIRE(out.size() <= script_.size());
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(script_[i]);
    script_.erase(0, out.size());
  }

 private:
  std::string script_;
};

ChangesetPlace ChangesetPlaceOf(const GoldenValues& in) {
  return {in.Fixed<16>("tenant"), in.Fixed<16>("scope"), in.Fixed<16>("uid")};
}

WritePlace WritePlaceOf(const GoldenValues& in) {
  return {ChangesetPlaceOf(in), in.U32("index"), in.U32("type"), in.Fixed<16>("record"),
          in.U32("field")};
}

TEST_CASE("golden: signatures over ST, of changesets and heads") {
  for (const auto& [name, in, out] : GoldenCases("change.json")) {
    INFO(name);
    const Secret seed = in.Hidden("sign_seed");
    const St message = St("doorstep/change/v1").Add(in.Raw("tenant")).Add(in.Raw("changeset"));
    CHECK(ToHex(View(SignPublicKey(seed))) == out.Hex("sign_public"));
    CHECK(ToHex(View(Sign(seed, message.bytes()))) == out.Hex("signature"));
    CHECK(Verify(out.Fixed<32>("sign_public"), message.bytes(), out.Fixed<64>("signature")));
    const St hashed =
        St("doorstep/changeset/v1").Add(in.Raw("changeset")).Add(out.Raw("signature"));
    CHECK(ToHex(View(H(hashed.bytes()))) == out.Hex("changeset_hash"));
  }
  for (const auto& [name, in, out] : GoldenCases("head.json")) {
    INFO(name);
    const St message = St("doorstep/head/v1").Add(in.Raw("tenant")).Add(in.Raw("head"));
    CHECK(ToHex(View(Sign(in.Hidden("log_seed"), message.bytes()))) == out.Hex("signature"));
  }
}

TEST_CASE("golden: invitations and device numbers") {
  for (const auto& [name, in, out] : GoldenCases("invitation.json")) {
    INFO(name);
    const absl::StatusOr<Invitation> parsed = ParseInvitation(out.Text("code"));
    REQUIRE(parsed.ok());
    CHECK(parsed->server == in.Text("server"));
    CHECK(ToHex(parsed->secret.view()) == in.Hex("secret"));
    CHECK(FormatInvitation(*parsed).view() == out.Text("code"));

    const InvitationHandle handle = HandleOf(parsed->secret);
    const Secret key = InvitationKey(parsed->secret);
    CHECK(ToHex(View(handle)) == out.Hex("handle"));
    CHECK(ToHex(key.view()) == out.Hex("key"));
    const DevicePublicKeys device{in.Fixed<32>("sign_public"), in.Fixed<32>("box_public"),
                                  in.Fixed<32>("tls_spki")};
    CHECK(ToHex(View(InviteDeviceMac(key, handle, device))) == out.Hex("device_mac"));
    const InviteAnswer answer{in.Fixed<16>("tenant"), in.Fixed<32>("root_public"),
                              in.Raw("server_ca"), in.Fixed<16>("device")};
    CHECK(ToHex(View(InviteAnswerMac(key, answer))) == out.Hex("answer_mac"));
    const DeviceNumber number = DeviceNumberOf(answer.tenant, device);
    CHECK(ToHex(View(number)) == out.Hex("device_number"));
    CHECK(FormatDeviceNumber(number) == out.Text("device_number_text"));
    CHECK(*ParseDeviceNumber(out.Text("device_number_text")) == number);
  }
}

TEST_CASE("golden: TLS keys and their tls_spki") {
  for (const auto& [name, in, out] : GoldenCases("tls_key.json")) {
    INFO(name);
    const Secret key = in.Hidden("tls_key_pem");
    CHECK(ToHex(*SpkiOfKey(key)) == out.Hex("spki"));
    CHECK(ToHex(View(*TlsSpkiOfKey(key))) == out.Hex("tls_spki"));
  }
}

TEST_CASE("golden: restricted values") {
  for (const auto& [name, in, out] : GoldenCases("restricted.json")) {
    INFO(name);
    const Secret key = in.Hidden("content_key");
    ScriptedRandom nonce(in.Raw("nonce"));
    const std::string value = SealRestricted(key, WritePlaceOf(in), in.Raw("field_bytes"), nonce);
    CHECK(ToHex(value) == out.Hex("value"));
    CHECK(ToHex(value.substr(25, 32)) == out.Hex("commitment"));
    CHECK(ToHex(OpenRestricted(key, WritePlaceOf(in), out.Raw("value"))->view()) ==
          in.Hex("field_bytes"));
  }
}

TEST_CASE("B21: golden: a ciphertext that is valid under two keys opens under one") {
  for (const auto& [name, in, out] : GoldenCases("restricted_two_keys.json")) {
    INFO(name);
    const std::string value = in.Raw("value");
    const WritePlace place = WritePlaceOf(in);
    CHECK(ToHex(OpenRestricted(in.Hidden("content_key"), place, value)->view()) ==
          out.Hex("field_bytes"));
    // The cipher itself would open it under the other key as well …
    Bytes<24> nonce{};
    REQUIRE(CopyExactly(value.substr(1, 24), nonce));
    const St context = St("doorstep/restricted/v1")
                           .Add(place.changeset.tenant)
                           .Add(place.changeset.scope)
                           .Add(place.changeset.uid)
                           .AddU32(place.index)
                           .AddU32(place.type)
                           .Add(place.record)
                           .AddU32(place.field);
    const absl::StatusOr<Secret> opened =
        AeadOpen(out.Hidden("other_key"), nonce, context.bytes(), value.substr(57));
    REQUIRE(opened.ok());
    CHECK(ToHex(opened->view()) == out.Hex("opened_by_other_key"));
    // … so it is the commitment that refuses.
    const absl::Status refused =
        OpenRestricted(in.Hidden("other_content_key"), place, value).status();
    CHECK(ReasonOf(refused) == Reason::kIntegrity);
  }
}

TEST_CASE("golden: chunks of a file, their hashes and its content id") {
  for (const auto& [name, in, out] : GoldenCases("attachment.json")) {
    INFO(name);
    const FilePlace place{in.Fixed<16>("tenant"), in.Fixed<16>("scope"), in.Fixed<16>("record")};
    std::string plain;
    while (plain.size() < in.U64("plain_length")) plain += in.Raw("plain_repeated");
    plain.resize(in.U64("plain_length"));
    ScriptedRandom random(in.Raw("key") + in.Raw("header"));
    absl::StatusOr<SealedFile> file = SealFile(place, plain, random);
    REQUIRE(file.ok());
    CHECK(file->length == out.U64("length"));
    CHECK(ToHex(file->chunks.back()) == out.Hex("last_chunk"));
    CHECK(ToHex(file->hashes) == out.Hex("hashes"));
    CHECK(ToHex(View(file->content)) == out.Hex("content"));
    FileOpener opener(file->key, place, file->length);
    std::string opened;
    for (const std::string& chunk : file->chunks) opened += *opener.Next(chunk);
    CHECK(opener.whole());
    CHECK(opened == plain);
  }
}

TEST_CASE("golden: wraps, recipients and shares") {
  for (const auto& [name, in, out] : GoldenCases("wrap.json")) {
    INFO(name);
    const Secret key = in.Hidden("content_key");
    const Secret seed = in.Hidden("box_seed");
    const ChangesetPlace place = ChangesetPlaceOf(in);
    const PublicKey recipient = BoxPublicKey(seed);
    CHECK(ToHex(View(recipient)) == out.Hex("box_public"));
    CHECK(ToHex(View(RecipientId(recipient))) == out.Hex("recipient"));
    CHECK(ToHex(View(*MakeWrap(key, place, recipient))) == out.Hex("wrap"));
    CHECK(EqualSecrets(OpenWrap(seed, place, out.Raw("wrap"))->view(), key.view()));
    CHECK(ToHex(View(ShareId(place.uid, RecipientId(recipient), out.Raw("wrap")))) ==
          out.Hex("share_id"));
  }
}

TEST_CASE("golden: vaults") {
  constexpr ArgonBounds kTinyBounds{
      .passes_min = 1, .passes_max = 10, .memory_bytes_min = 8192, .memory_bytes_max = 8192};
  for (const auto& [name, in, out] : GoldenCases("vault.json")) {
    INFO(name);
    const VaultOwner owner{in.Fixed<16>("tenant"), in.Fixed<16>("device")};
    const ArgonCost cost{in.U64("passes"), in.U64("memory_bytes")};
    const Secret device_secret = in.Hidden("device_secret");
    const std::string pin = in.Raw("pin");
    const absl::StatusOr<Secret> pin_hash = Argon2id(pin, in.Fixed<16>("salt"), cost);
    CHECK(ToHex(pin_hash->view()) == out.Hex("pin_hash"));
    CHECK(ToHex(VaultKey(device_secret, *pin_hash, owner).view()) == out.Hex("key"));

    const absl::StatusOr<DeviceKeys> keys =
        OpenVault(out.Raw("vault"), owner, kTinyBounds, device_secret, pin);
    REQUIRE(keys.ok());
    CHECK(ToHex(keys->parts().database_key.view()) == in.Hex("database_key"));
    CHECK(ToHex(View(keys->parts().database_salt)) == in.Hex("database_salt"));
    CHECK(ToHex(keys->parts().sign_seed.view()) == in.Hex("sign_seed"));
    CHECK(ToHex(keys->parts().box_seed.view()) == in.Hex("box_seed"));
    CHECK(ToHex(keys->parts().tls_key_pem.view()) == in.Hex("tls_key_pem"));
    ScriptedRandom random(in.Raw("salt") + in.Raw("nonce"));
    CHECK(ToHex(*SealVault(owner, cost, kTinyBounds, *keys, device_secret, pin, random)) ==
          out.Hex("vault"));
  }
}

TEST_CASE("golden: recovery shares") {
  for (const auto& [name, in, out] : GoldenCases("recovery.json")) {
    INFO(name);
    ScriptedRandom random(in.Raw("random"));
    const Secret seed = in.Hidden("seed");
    const auto shares =
        SplitSeed(static_cast<RecoveryKind>(in.U32("kind")), in.Fixed<16>("tenant"), seed, random);
    const auto bytes = out.json().at("shares").get<std::vector<std::string>>();
    const auto texts = out.json().at("texts").get<std::vector<std::string>>();
    REQUIRE(bytes.size() == 3);
    REQUIRE(texts.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
      CHECK(ToHex(ShareToBytes(shares[i]).view()) == bytes[i]);
      CHECK(ShareToText(shares[i]).view() == texts[i]);
    }
    CHECK(EqualSecrets(JoinShares(*ReadShare(FromHex(bytes[0])), *ReadShare(texts[1]))->view(),
                       seed.view()));
  }
}

}  // namespace
}  // namespace doorstep
