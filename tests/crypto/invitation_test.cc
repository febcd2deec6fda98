#include "crypto/invitation.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <utility>

#include "crypto/base32.h"
#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct Fixture {
  CountingRandom random{21};
  Invitation invitation = *MakeInvitation("Office.Example.org:8443", random);
  std::string code{FormatInvitation(invitation).view()};
};

TEST_CASE("base-32 is Crockford's, most significant bit first") {
  CHECK(ToBase32(std::string("\x00\x00\x00\x00\x00", 5)) == "00000000");
  CHECK(ToBase32("\xff\xff\xff\xff\xff") == "ZZZZZZZZ");
  CHECK(ToBase32(std::string("\x08\x42\x10\x84\x21", 5)) == "11111111");
  CHECK(FromBase32("iiLL-oO00", 5)->view() == FromBase32("11110000", 5)->view());
  CHECK(ReasonOf(FromBase32("1111000U", 5).status()) == Reason::kFormat);
  CHECK(ReasonOf(FromBase32("1111000", 5).status()) == Reason::kFormat);
}

TEST_CASE("the check character finds every wrong character and every swap, up to 30") {
  CountingRandom random(5);
  std::string text;
  for (int i = 0; i < 30; ++i) text.push_back(kAlphabet[random.Make<1>()[0] & 31]);
  const char check = CheckCharacter(text, 0);
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : kAlphabet) {
      std::string other = text;
      other[i] = c;
      CHECK((CheckCharacter(other, 0) == check) == (other == text));
    }
    for (size_t j = 0; j < i; ++j) {
      std::string other = text;
      std::swap(other[i], other[j]);
      CHECK((CheckCharacter(other, 0) == check) == (other == text));
    }
    // Swapped with the check character itself.
    std::string other = text;
    other[i] = check;
    CHECK((CheckCharacter(other, 0) == text[i]) == (text[i] == check));
  }
  std::set<char> salted;
  for (uint8_t salt = 0; salt < 32; ++salt) salted.insert(CheckCharacter(text, salt));
  CHECK(salted.size() == 32);
}

TEST_CASE_METHOD(Fixture, "a code comes back as it was made, however it is typed") {
  CHECK(code.starts_with("office.example.org:8443/"));
  CHECK(code.size() == std::string("office.example.org:8443/XXXX-XXXX-XXXX-XXXX-C").size());
  std::string sloppy = " ";
  for (const char c : code) {
    if (c == '-') {
      sloppy += " ";
    } else if (c == '0') {
      sloppy += "o";
    } else if (c == '1') {
      sloppy += "l";
    } else {
      sloppy.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  // The address holds no O that could be a zero here but its own letters.
  sloppy.replace(0, sloppy.find('/'), "  OFFICE.example.org:8443");
  for (const std::string& typed : {code, sloppy, code + "\n"}) {
    const absl::StatusOr<Invitation> parsed = ParseInvitation(typed);
    REQUIRE(parsed.ok());
    CHECK(parsed->server == "office.example.org:8443");
    CHECK(EqualSecrets(parsed->secret.view(), invitation.secret.view()));
  }
}

TEST_CASE_METHOD(Fixture, "B62: each mistyped character is found before anything is sent") {
  const size_t begin = code.find('/') + 1;
  for (size_t i = begin; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    for (const char c : kAlphabet) {
      if (c == code[i]) continue;
      std::string bad = code;
      bad[i] = c;
      CHECK(ReasonOf(ParseInvitation(bad).status()) == Reason::kFormat);
    }
    std::string none = code;
    none[i] = 'U';
    CHECK(ReasonOf(ParseInvitation(none).status()) == Reason::kFormat);
    CHECK(ReasonOf(ParseInvitation(code.substr(0, i)).status()) == Reason::kFormat);
  }
}

TEST_CASE_METHOD(Fixture, "B62: an error says where, and never repeats the code") {
  const size_t slash = code.find('/');
  std::string bad = code;
  bad[slash + 3] = '?';
  const absl::Status status = ParseInvitation(bad).status();
  CHECK(std::string(status.message()).find("character 3") != std::string::npos);
  CHECK(std::string(status.message()).find(code.substr(slash + 1, 4)) == std::string::npos);
  const absl::Status cut = ParseInvitation(code.substr(0, code.size() - 2)).status();
  CHECK(std::string(cut.message()).find("16 of 17") != std::string::npos);
}

TEST_CASE("a code needs an address, and an address is host:port") {
  CountingRandom random(22);
  for (const char* bad :
       {"", "office", "office:", "office:0", "office:65536", "office:http", ":443", "of fice:443",
        "office/x:443", "[]:443", "[::1]", "a@b:443", "\xc3\xb6:443"}) {
    CHECK(ReasonOf(MakeInvitation(bad, random).status()) == Reason::kArg);
    CHECK(ReasonOf(ParseInvitation(std::string(bad) + "/0000-0000-0000-0000-0").status()) ==
          Reason::kFormat);
  }
  CHECK(ReasonOf(ParseInvitation("0000-0000-0000-0000-0").status()) == Reason::kFormat);
  CHECK(ReasonOf(ParseInvitation(std::string(100000, 'x') + "/0").status()) == Reason::kFormat);
  for (const char* good : {"127.0.0.1:7443", "[::1]:7443", "localhost:1"}) {
    const Invitation made = *MakeInvitation(good, random);
    CHECK(ParseInvitation(FormatInvitation(made).view())->server == good);
  }
}

TEST_CASE_METHOD(Fixture, "handle and key say nothing of each other or of the secret") {
  const InvitationHandle handle = HandleOf(invitation.secret);
  const Secret key = InvitationKey(invitation.secret);
  CHECK(key.size() == 32);
  CHECK(key.view().substr(0, 8) != View(handle));
  CHECK(HandleOf(invitation.secret) == handle);
  CHECK(HandleOf(random.MakeSecret(10)) != handle);
}

struct MacFixture : Fixture {
  InvitationHandle handle = HandleOf(invitation.secret);
  Secret key = InvitationKey(invitation.secret);
  DevicePublicKeys device{random.Make<32>(), random.Make<32>(), random.Make<32>()};
  InviteAnswer answer{random.Make<16>(), random.Make<32>(), "CA certificate", random.Make<16>()};
};

TEST_CASE_METHOD(MacFixture,
                 "B62: a device MAC over other keys, with another secret, or reflected") {
  const Hash32 mac = InviteDeviceMac(key, handle, device);
  CHECK(CheckInviteDeviceMac(key, handle, device, View(mac)).ok());
  const auto reason = [&](const Secret& k, const InvitationHandle& h, const DevicePublicKeys& d) {
    return ReasonOf(CheckInviteDeviceMac(k, h, d, View(mac)));
  };
  DevicePublicKeys other = device;
  other.sign[0] ^= 1;
  CHECK(reason(key, handle, other) == Reason::kInvitation);
  other = device;
  other.box[0] ^= 1;
  CHECK(reason(key, handle, other) == Reason::kInvitation);
  other = device;
  other.tls_spki[0] ^= 1;  // what a CSR of another key would have
  CHECK(reason(key, handle, other) == Reason::kInvitation);
  std::swap(other.sign, other.box);
  CHECK(reason(key, handle, other) == Reason::kInvitation);
  CHECK(reason(InvitationKey(random.MakeSecret(10)), handle, device) == Reason::kInvitation);
  CHECK(reason(key, random.Make<8>(), device) == Reason::kInvitation);
  // The answer's MAC sent back, a shorter and an empty one.
  CHECK(ReasonOf(CheckInviteDeviceMac(key, handle, device, View(InviteAnswerMac(key, answer)))) ==
        Reason::kInvitation);
  CHECK(ReasonOf(CheckInviteDeviceMac(key, handle, device, View(mac).substr(0, 31))) ==
        Reason::kInvitation);
  CHECK(ReasonOf(CheckInviteDeviceMac(key, handle, device, "")) == Reason::kInvitation);
}

TEST_CASE_METHOD(MacFixture,
                 "B62: an answer of another tenant, root, CA or device is not believed") {
  const Hash32 mac = InviteAnswerMac(key, answer);
  CHECK(CheckInviteAnswerMac(key, answer, View(mac)).ok());
  const auto changed = [&](auto change) {
    InviteAnswer other = answer;
    change(other);
    return ReasonOf(CheckInviteAnswerMac(key, other, View(mac)));
  };
  CHECK(changed([](InviteAnswer& a) { a.tenant[0] ^= 1; }) == Reason::kTrust);
  CHECK(changed([](InviteAnswer& a) { a.root[0] ^= 1; }) == Reason::kTrust);
  CHECK(changed([](InviteAnswer& a) { a.server_ca += "\n"; }) == Reason::kTrust);
  CHECK(changed([](InviteAnswer& a) { a.device[0] ^= 1; }) == Reason::kTrust);
  CHECK(ReasonOf(CheckInviteAnswerMac(key, answer, View(InviteDeviceMac(key, handle, device)))) ==
        Reason::kTrust);
}

TEST_CASE_METHOD(MacFixture, "B62: the number of another key earns no approval") {
  const Hash16 tenant = answer.tenant;
  const std::string shown = FormatDeviceNumber(DeviceNumberOf(tenant, device));
  CHECK(shown.size() == 19);
  CHECK(CheckDeviceNumber(shown, tenant, device).ok());
  std::string typed;
  for (const char c : shown) {
    typed.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  CHECK(CheckDeviceNumber(typed, tenant, device).ok());
  DevicePublicKeys other = device;
  other.sign[31] ^= 1;
  CHECK(ReasonOf(CheckDeviceNumber(shown, tenant, other)) == Reason::kTrust);
  CHECK(ReasonOf(CheckDeviceNumber(shown, random.Make<16>(), device)) == Reason::kTrust);
  CHECK(ReasonOf(CheckDeviceNumber(shown.substr(0, 18), tenant, device)) == Reason::kFormat);
  CHECK(ReasonOf(CheckDeviceNumber("", tenant, device)) == Reason::kFormat);
  CHECK(ReasonOf(CheckDeviceNumber(std::string(1000, '0'), tenant, device)) == Reason::kFormat);
}

}  // namespace
}  // namespace doorstep
