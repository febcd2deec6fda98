// The inside of Client. client.cc serves the person, enrolment.cc makes the device one of the
// authority's, contact.cc talks to the office.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_CORE_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_CORE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "client-core/client/cabinet.h"
#include "client-core/client/client.h"
#include "client-core/client/desk.h"
#include "client-core/client/looked.h"
#include "client-core/client/pin_guard.h"
#include "client-core/client/readers.h"
#include "client-core/client/share.h"
#include "client-core/client/watch.h"
#include "crypto/invitation.h"

namespace doorstep::client {

class Client::Core final : public Household {
 public:
  static absl::StatusOr<std::unique_ptr<Core>> Open(const Options& options, const Host& host);
  ~Core() override;

  // One call at a time; when it ends, watchers are told what it changed.
  class Turn {
   public:
    explicit Turn(Core& core) : core_(core), lock_(core.mutex_) {}
    ~Turn() { core_.watchers_.Tell(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Core& core_;
    std::lock_guard<std::mutex> lock_;
  };

  // What a joined device has while it is unlocked.
  struct Joined {
    Joined(std::unique_ptr<Store> opened, const DeviceKeys& keys, const Host& host, const Id& user,
           Samples samples)
        : store(std::move(opened)),
          desk{*store, keys, host.random, host.verifier, user, samples},
          readers(desk) {}
    std::unique_ptr<Store> store;
    Desk desk;
    Readers readers;
    ShareLedger shares;
    LookBook looks;
  };

  int64_t Now() { return host_.clock.NowMs(); }
  Samples SamplesTaken() const {
    return options_.client.samples() ? Samples::kAllowed : Samples::kRefused;
  }
  // E_LOCKED, or E_STATE before a device has joined.
  absl::StatusOr<Joined*> Use();
  absl::StatusOr<const DeviceKeys*> Keys();

  // client.cc
  absl::Status SetPin(std::string_view old_pin, std::string_view new_pin);
  absl::Status Unlock(std::string_view pin);
  absl::Status OpenJoined();
  void Lock();
  v1::Status GetStatus();
  void CountInto(v1::Status& status);
  absl::StatusOr<v1::Committed> Commit(const v1::Edits& edits);
  absl::StatusOr<v1::Committed> Resolve(const Id& item, const v1::Edits& edits);
  absl::StatusOr<v1::Committed> PutFile(const v1::NewFile& what, std::string_view bytes);
  absl::Status ReadFile(const Id& record, absl::FunctionRef<absl::Status(std::string_view)> write);
  absl::Status PutDraft(const Id& id, std::string_view bytes);
  absl::StatusOr<std::string> GetDraft(const Id& id);

  // enrolment.cc
  absl::StatusOr<v1::FirstRequest> MakeRequestFile(std::string_view kind);
  absl::Status TakeGenesis(const v1::GenesisBundle& bundle, std::string_view server_address);
  absl::StatusOr<v1::EnrolRequest> MakeEnrolRequest(std::string_view code);
  absl::Status TakeEnrolAnswer(std::string_view code, const v1::EnrolAnswer& answer);
  absl::Status Join(Identity identity);
  absl::Status SaveIdentity();
  absl::StatusOr<Endpoint> MakeEndpoint();
  absl::StatusOr<std::optional<v1::CertifyRequest>> NeedsCertificate();
  absl::Status TakeCertificate(const v1::Certificate& certificate);
  absl::StatusOr<v1::InvitationOpen> BeginInvite(const v1::Request::Invite& invite,
                                                 std::string& code);
  absl::StatusOr<v1::InvitationAnswer> ConfirmDevice(const v1::Request::Confirm& confirm,
                                                     const v1::InvitationRequests& waiting,
                                                     v1::Reply::Confirmed& confirmed);
  absl::StatusOr<Id> RecordDevice(const v1::Request::Confirm& confirm, const Id& staff,
                                  const DevicePublicKeys& keys);

  // Where looking is recorded: the joined device's book, else null.
  Joined* LooksAreKept();

  // contact.cc
  absl::StatusOr<v1::Reply> AskTheOffice(Transport& transport, const v1::Request& request);
  absl::StatusOr<v1::Reply::DutyOpened> WriteDuty(const v1::Request::Duty& duty,
                                                  const v1::OfficeAnswer& found);
  absl::Status ConfirmDuty(v1::Reply::DutyOpened& opened);
  absl::StatusOr<std::unique_ptr<Session>> BeginContact(int64_t now_ms);
  void FinishContact(Session& session, int64_t now_ms);
  absl::Status NoteConfirmed();
  absl::Status RunSession(Session& session, Transport& transport, EnrolTransport& enrol,
                          const ProgressFn& progress);
  absl::Status ShareWhatIsOwed(const Id& family, int64_t now_ms) override;
  absl::Status Purge(const Id& family, const std::vector<Changeset>& endings,
                     const std::set<Id>& assignments, int64_t now_ms) override;
  void Changed(const Id& scope) override { watchers_.Note(scope); }

  // Network calls of this client that can be cancelled: set while they are under way.
  class Online;
  absl::StatusOr<std::unique_ptr<EnrolTransport>> ConnectForEnrolment(const Endpoint& endpoint);
  absl::StatusOr<std::unique_ptr<Transport>> Connect(const Endpoint& endpoint);
  void Cancel();

  std::mutex mutex_;  // guards everything below, up to online_mutex_
  Options options_;
  Host host_;
  std::unique_ptr<Cabinet> cabinet_;
  std::unique_ptr<PinGuard> guard_;
  std::optional<Identity> identity_;  // once joined; known while locked too
  bool has_vault_ = false;
  std::optional<DeviceKeys> keys_;  // while unlocked
  std::unique_ptr<Joined> joined_;  // while unlocked and joined
  Watchers watchers_;
  Session* session_ = nullptr;  // the contact under way; its owner finishes it

  std::mutex online_mutex_;  // guards what follows; taken after mutex_, never before
  Transport* transport_ = nullptr;
  EnrolTransport* enrol_transport_ = nullptr;
  bool online_ = false;
  bool cancelled_ = false;

 private:
  Core(const Options& options, const Host& host);
};

// While it lives, one thing at a time goes over the network, and Cancel ends it.
class Client::Core::Online {
 public:
  explicit Online(Core& core);
  ~Online();
  Online(const Online&) = delete;
  Online& operator=(const Online&) = delete;

  const absl::Status& status() const { return status_; }  // E_STATE: another is under way
  // The call under way is the one to be cancelled. E_CANCELLED when it already was.
  absl::Status Use(Transport* transport, EnrolTransport* enrol);

 private:
  Core& core_;
  absl::Status status_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_CORE_H_
