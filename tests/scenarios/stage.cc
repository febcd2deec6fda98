#include "tests/scenarios/stage.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/changeset.h"
#include "model/limits.h"
#include "nlohmann/json.hpp"
#include "tests/simulation/genesis.h"
#include "tests/simulation/messages.h"

namespace doorstep::scenarios {
namespace {

constexpr char kAddress[] = "office.example:7443";
// 2026-03-02, a Monday, 09:00 in London.
constexpr int64_t kBeginMs = 1'772'442'000'000;

struct CastMember {
  const char* name;
  v1::Role role;
  const char* team;
};
constexpr std::array<CastMember, 15> kCast = {{{"Ada", v1::ROLE_ADMIN, "North"},
                                               {"Amy", v1::ROLE_ADMIN, "North"},
                                               {"Sue", v1::ROLE_SUPERVISOR, "North"},
                                               {"Sam", v1::ROLE_SUPERVISOR, "North"},
                                               {"Ana", v1::ROLE_KEY_WORKER, "North"},
                                               {"Ben", v1::ROLE_KEY_WORKER, "North"},
                                               {"Cem", v1::ROLE_KEY_WORKER, "North"},
                                               {"Sol", v1::ROLE_SCHOOL_WORKER, "North"},
                                               {"Sid", v1::ROLE_SUPERVISOR, "South"},
                                               {"Dee", v1::ROLE_KEY_WORKER, "South"},
                                               {"Pat", v1::ROLE_PROGRAMME, "North"},
                                               {"Uma", v1::ROLE_AUDITOR, "North"},
                                               {"Rob", v1::ROLE_RECORDS, "North"},
                                               {"Dan", v1::ROLE_DUTY, "North"},
                                               {"Eve", v1::ROLE_KEY_WORKER, "South"}}};

uint32_t TypeOf(std::string_view name) { return Catalog::Get().Find(name)->number; }

std::string DayText(int64_t day) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(day * 86'400), absl::UTCTimeZone());
}

std::string InstantText(int64_t ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

// "+14", "-2h", "+30m", "": in days, or with a unit in milliseconds.
std::optional<int64_t> Distance(absl::string_view text, int64_t unit_ms) {
  if (text.empty()) return 0;
  int64_t factor = unit_ms;
  if (text.back() == 'h') factor = 3'600'000;
  if (text.back() == 'm') factor = 60'000;
  if (text.back() == 'd') factor = 86'400'000;
  if (std::isalpha(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  int64_t number = 0;
  if (text.front() == '+') text.remove_prefix(1);
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number * factor;
}

}  // namespace

bool Stage::IsOfTheCast(std::string_view name) {
  return std::any_of(kCast.begin(), kCast.end(),
                     [&](const CastMember& member) { return member.name == name; });
}

Stage::Stage(const std::set<std::string>& names) : now_ms_(kBeginMs), chance_(1) {
  MakeCouncil(names);
}

Id Stage::NewId() {
  Id id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(chance_.Below(256));
  return id;
}

void Stage::MakeCouncil(const std::set<std::string>& names) {
  simulation::ChanceRandom random(chance_.Split());
  tenant_ = NewId();
  const Secret root_seed = random.MakeSecret(32);
  const PublicKey root_pk = SignPublicKey(root_seed);
  Secret log_seed = random.MakeSecret(32);
  Secret ingest_seed = random.MakeSecret(32);
  const simulation::Pen root{tenant_, DeriveRootId(tenant_, root_pk), Id{}, root_seed};
  v1::Changeset genesis = simulation::BlankChangeset(root, NewId(), tenant_, now_ms_);
  auto bytes = [](const PublicKey& key) { return std::string(View(key)); };
  auto put = [&](std::string_view type, const Id& id, const google::protobuf::Message& record) {
    simulation::PutRecord(genesis, TypeOf(type), id, record);
  };

  v1::AuthorityRoot authority;
  authority.set_root_pk(bytes(root_pk));
  authority.set_name("Council");
  put("AuthorityRoot", tenant_, authority);
  v1::ServerKeys keys;
  keys.set_log_pk(bytes(SignPublicKey(log_seed)));
  keys.set_ingest_pk(bytes(BoxPublicKey(ingest_seed)));
  keys.set_tls_ca("a certificate");
  keys.set_state(v1::ServerKeys::STATE_ACTIVE);
  put("ServerKeys", NewId(), keys);
  v1::RecoveryKey recovery;
  recovery.set_box_pk(bytes(BoxPublicKey(random.MakeSecret(32))));
  recovery.set_state(v1::RecoveryKey::STATE_ACTIVE);
  put("RecoveryKey", NewId(), recovery);
  v1::Policy policy;
  policy.set_pin_digits_min(6);
  policy.set_idle_lock_s(300);
  policy.set_lease_s(14 * 86'400);
  put("Policy", tenant_, policy);
  for (const char* team : {"North", "South"}) {
    const Id id = NewId();
    v1::Team record;
    record.set_name(team);
    put("Team", id, record);
    Name(team, {0, id, tenant_, {}});
  }

  const DeviceUnit::Parts parts{Catalog::Get(), verifier_, now_ms_};
  for (const CastMember& member : kCast) {
    const Id user = NewId();
    users_[member.name] = user;
    Name(member.name, {0, user, tenant_, {}});
    v1::StaffMember staff;
    staff.set_name(member.name);
    staff.set_state(v1::StaffMember::STATE_ACTIVE);
    put("StaffMember", user, staff);
    v1::StaffRole role;
    role.set_user(user.str());
    role.set_role(member.role);
    role.set_team(Find(member.team)->id.str());
    role.set_state(v1::StaffRole::STATE_ACTIVE);
    put("StaffRole", NewId(), role);
    if (!names.contains(member.name)) continue;
    auto unit = std::make_unique<DeviceUnit>(parts, devices_.size(), chance_.Split());
    unit->MakeNew();
    const absl::StatusOr<v1::FirstRequest> request = unit->client().MakeRequestFile("PHONE");
    assert(request.ok());
    unit->id = NewId();
    unit->user = user;
    v1::Device device;
    device.set_user(user.str());
    device.set_kind(v1::Device::KIND_PHONE);
    device.set_sign_pk(request->sign_pk());
    device.set_box_pk(request->box_pk());
    device.set_tls_spki(request->tls_spki());
    device.set_state(v1::Device::STATE_ACTIVE);
    put("Device", unit->id, device);
    devices_[member.name] = std::move(unit);
  }

  const Changeset signed_genesis = simulation::SignWith(root, genesis);
  office_ = std::make_unique<ServerUnit>(
      Catalog::Get(),
      ServerUnit::Keys{tenant_, root_pk, std::move(log_seed), std::move(ingest_seed)});
  const std::vector<v1::RowAnswer> admitted =
      office_->Admit({signed_genesis.Signed()}, Id{}, now_ms_);
  assert(admitted.size() == 1 && admitted[0].accepted().verdict() == v1::APPLIED);

  v1::GenesisBundle bundle;
  bundle.set_tenant(tenant_.str());
  bundle.set_root_pk(bytes(root_pk));
  *bundle.mutable_genesis() = signed_genesis.Signed();
  bundle.set_server_address(kAddress);
  for (auto& [name, unit] : devices_) {
    const absl::Status taken = unit->client().TakeGenesis(bundle, kAddress);
    assert(taken.ok());
    unit->joined = true;
    const absl::Status synced = Sync(name);
    assert(synced.ok());
  }
}

DeviceUnit& Stage::DeviceOf(const std::string& name) {
  auto at = devices_.find(name);
  assert(at != devices_.end());
  return *at->second;
}

std::vector<std::string> Stage::Everybody() const {
  std::vector<std::string> names;
  for (const auto& [name, unit] : devices_) names.push_back(name);
  return names;
}

const Id& Stage::UserOf(const std::string& name) const { return users_.at(name); }

absl::Status Stage::Sync(const std::string& name) {
  DeviceUnit& unit = DeviceOf(name);
  unit.BeginContact();
  while (true) {
    std::vector<simulation::RequestMessage> requests;
    while (std::optional<simulation::RequestMessage> request = unit.TakeRequest()) {
      requests.push_back(*std::move(request));
    }
    if (unit.FinishIfDone()) return unit.last_status;
    assert(!requests.empty());
    for (const simulation::RequestMessage& request : requests) {
      if (request.ask != simulation::Ask::kPull) {
        unit.Take(office_->Handle(request, now_ms_).answer);
        continue;
      }
      if (std::optional<simulation::AnswerMessage> refused = office_->BeginPull(request)) {
        unit.Take(*refused);
        continue;
      }
      simulation::Tell told = simulation::Tell::kFrame;
      while (told == simulation::Tell::kFrame) {
        const ServerUnit::Frame frame = office_->NextFrame(0, now_ms_);
        told = frame.message.tell;
        unit.Take(frame.message);
      }
    }
  }
}

const Named* Stage::Find(std::string_view word) const {
  auto at = named_.find(word);
  return at == named_.end() ? nullptr : &at->second;
}

absl::StatusOr<Named> Stage::Need(std::string_view word) const {
  const Named* named = Find(word);
  if (named == nullptr) {
    return absl::NotFoundError("nothing here is called " + std::string(word));
  }
  return *named;
}

std::string Stage::JsonOf(const FieldType& field, const std::string& word, bool quoted) const {
  const nlohmann::json text = word;
  if (quoted) return text.dump();
  if (const Named* named = Find(word)) {
    return "\"" + named->id.hex() + "\"";
  }
  if (field.kind == Kind::kBool) return word == "yes" ? "true" : "false";
  absl::string_view rest = word;
  if (absl::ConsumePrefix(&rest, "today")) {
    if (const std::optional<int64_t> days = Distance(rest, 1)) {
      return "\"" + DayText(today() + *days) + "\"";
    }
  }
  rest = word;
  if (absl::ConsumePrefix(&rest, "now")) {
    if (const std::optional<int64_t> ms = Distance(rest, 60'000)) {
      return "\"" + InstantText(now_ms_ + *ms) + "\"";
    }
  }
  int64_t number = 0;
  if (absl::SimpleAtoi(word, &number)) return word;
  return text.dump();
}

absl::Status Stage::Fill(v1::RecordEdit& record, const std::vector<FieldText>& fields,
                         v1::FieldEdit::How how) const {
  const RecordType* type = Catalog::Get().Find(record.type());
  for (const FieldText& text : fields) {
    const FieldType* field = type->FindField(text.name);
    if (field == nullptr) {
      return absl::NotFoundError(absl::StrCat(type->name, " has no field ", text.name));
    }
    auto add = [&](std::string json, v1::FieldEdit::How way) {
      v1::FieldEdit& edit = *record.add_fields();
      edit.set_field(field->number);
      edit.set_json(std::move(json));
      edit.set_how(way);
    };
    const bool one_by_one = field->merge == v1::UNION;
    if (!field->repeated || one_by_one) {
      if (!text.list && !text.quoted[0] && text.values[0] == "nothing") {
        add("", how);
        continue;
      }
      const v1::FieldEdit::How way = text.verb == FieldText::Verb::kLoses   ? v1::FieldEdit::DROP
                                     : text.verb == FieldText::Verb::kGains ? v1::FieldEdit::ADD
                                                                            : how;
      for (size_t i = 0; i < text.values.size(); ++i) {
        add(JsonOf(*field, text.values[i], text.quoted[i]), way);
      }
      continue;
    }
    std::string array = "[";
    for (size_t i = 0; i < text.values.size(); ++i) {
      absl::StrAppend(&array, i == 0 ? "" : ",", JsonOf(*field, text.values[i], text.quoted[i]));
    }
    add(array + "]", how);
  }
  return absl::OkStatus();
}

}  // namespace doorstep::scenarios
