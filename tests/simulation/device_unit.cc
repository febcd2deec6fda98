#include "tests/simulation/device_unit.h"

#include <cassert>
#include <utility>

#include "crypto/reason.h"

namespace doorstep::simulation {
namespace {

constexpr char kPin[] = "40506070";

absl::Status NobodyAnswered(uint32_t reason) {
  return MakeStatus(reason == 0 ? Reason::kBusy : static_cast<Reason>(reason), "in the simulation");
}

template <typename M>
absl::StatusOr<M> Read(const AnswerMessage& answer) {
  if (answer.failed) return NobodyAnswered(answer.reason);
  M message;
  if (!message.ParseFromString(answer.bytes)) return MakeStatus(Reason::kFormat, "no message");
  return message;
}

}  // namespace

client::KeyStoreStatus MemoryKeyStore::Get(const std::string& name, Secret& secret) {
  auto at = items_.find(name);
  if (at == items_.end()) return client::KeyStoreStatus::kNotFound;
  secret = Secret::FromBytes(at->second);
  return client::KeyStoreStatus::kOk;
}

client::KeyStoreStatus MemoryKeyStore::Put(const std::string& name, const Secret& secret) {
  items_[name] = std::string(secret.view());
  return client::KeyStoreStatus::kOk;
}

client::KeyStoreStatus MemoryKeyStore::Delete(const std::string& name) {
  items_.erase(name);
  return client::KeyStoreStatus::kOk;
}

DeviceUnit::DeviceUnit(const Parts& parts, size_t index, Chance chance)
    : parts_(parts),
      index_(index),
      chance_(chance),
      clock_(parts.world_ms),
      random_(chance_.Split()) {}

DeviceUnit::~DeviceUnit() { client_.reset(); }

client::Options DeviceUnit::OptionsWith(std::string image) const {
  client::Options options;
  options.image = std::move(image);
  options.client.set_argon_passes(1);
  options.client.set_argon_memory_bytes(8 << 10);
  options.client.set_samples(true);
  options.argon_bounds.memory_bytes_min = 8 << 10;
  // The checker looks at every screen of every device and is nobody.
  options.looks = client::Looks::kNotRecorded;
  return options;
}

void DeviceUnit::Start(std::string image) {
  client_.reset();
  session_.reset();
  const client::Host host{parts_.catalog, clock_, random_, keys_, parts_.verifier};
  absl::StatusOr<std::unique_ptr<client::Client>> opened =
      client::Client::Open(OptionsWith(std::move(image)), host);
  assert(opened.ok());
  client_ = *std::move(opened);
}

void DeviceUnit::MakeNew() {
  Start("");
  const absl::Status made = client_->SetPin("", kPin);
  assert(made.ok());
}

void DeviceUnit::MakeFrom(const DeviceUnit& other, const std::string& image) {
  keys_.CopyFrom(other.keys_);
  id = other.id;
  user = other.user;
  joined = other.joined;
  clock_.offset_ms = other.clock_.offset_ms;
  Reopen(&image);
}

std::string DeviceUnit::Image() {
  absl::StatusOr<std::string> image = client_->Image();
  assert(image.ok());
  return *std::move(image);
}

void DeviceUnit::Reopen(const std::string* image) {
  ++contact_;
  const std::string disk = image != nullptr ? *image : Image();
  Start(disk);
  const absl::Status unlocked = client_->Unlock(kPin);
  assert(unlocked.ok());
}

void DeviceUnit::LockAndUnlock() {
  ++contact_;
  client_->Lock();
  session_.reset();
  assert(client_->locked());
  const absl::Status unlocked = client_->Unlock(kPin);
  assert(unlocked.ok());
}

void DeviceUnit::Destroy() {
  ++contact_;
  client_.reset();
  session_.reset();
  destroyed = true;
  images.clear();
}

void DeviceUnit::BeginContact() {
  assert(!in_contact());
  ++contact_;
  absl::StatusOr<std::unique_ptr<client::Session>> begun = client_->BeginContact(now_ms());
  assert(begun.ok());
  session_ = *std::move(begun);
}

std::optional<RequestMessage> DeviceUnit::TakeRequest() {
  if (session_ == nullptr) return std::nullopt;
  std::optional<client::Request> request = session_->TakeRequest();
  if (!request) return std::nullopt;
  RequestMessage message;
  message.unit = index_;
  message.device = id;
  message.contact = contact_;
  message.call = request->call;
  message.ask = static_cast<Ask>(request->body.index());
  std::visit([&](const auto& body) { message.bytes = body.SerializeAsString(); }, request->body);
  return message;
}

void DeviceUnit::Take(const AnswerMessage& answer) {
  if (session_ == nullptr || answer.contact != contact_) return;
  switch (answer.tell) {
    case Tell::kFrame: {
      absl::StatusOr<v1::PullFrame> frame = Read<v1::PullFrame>(answer);
      if (frame.ok()) session_->OnPullFrame(answer.call, *frame, now_ms());
      break;
    }
    case Tell::kPullEnd:
      session_->OnPullEnd(
          answer.call, answer.failed ? NobodyAnswered(answer.reason) : absl::OkStatus(), now_ms());
      break;
    case Tell::kPushed:
      session_->OnPush(answer.call, Read<v1::PushResponse>(answer), now_ms());
      break;
    case Tell::kAdopted:
      session_->OnAdopt(answer.call, Read<v1::AdoptResponse>(answer), now_ms());
      break;
    case Tell::kDelivered:
      session_->OnDeliver(answer.call, Read<v1::DeliverResponse>(answer), now_ms());
      break;
    case Tell::kPut:
      session_->OnPutChunk(answer.call, Read<v1::PutChunkResponse>(answer), now_ms());
      break;
    case Tell::kGot:
      session_->OnGetChunk(answer.call, Read<v1::GetChunkResponse>(answer), now_ms());
      break;
  }
}

bool DeviceUnit::FinishIfDone() {
  if (session_ == nullptr || !session_->done()) return false;
  last_report = session_->report();
  last_status = session_->status();
  client_->FinishContact(*session_, now_ms());
  session_.reset();
  ++contacts_done;
  return true;
}

void DeviceUnit::Hang() {
  if (session_ == nullptr) return;
  client_->FinishContact(*session_, now_ms());
  session_.reset();
  ++contact_;
}

}  // namespace doorstep::simulation
