#include "sync-server/service/office_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "doorstep/v1/office.pb.h"
#include "sync-server/feed/feed.h"
#include "sync-server/office/office.h"

namespace doorstep::server {
namespace {

absl::Status StatusOfRefusal(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return absl::OkStatus();
    case Refusal::kDenied:
      return MakeStatus(Reason::kDenied, "the office is not asked that by this device");
    case Refusal::kNotFound:
      return MakeStatus(Reason::kNotFound, "no such family");
    case Refusal::kMalformed:
      return MakeStatus(Reason::kArg, "that is no question to the office");
    case Refusal::kNewer:
      return MakeStatus(Reason::kVersion, "a question of a newer protocol");
    case Refusal::kNotYet:
      return MakeStatus(Reason::kBusy, "a restored server waits for its administrators");
  }
  return MakeStatus(Reason::kInternal, "a refusal without a reason");
}

absl::Status WriteDown(Store& store, const std::vector<OfficeRead>& told) {
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = store.Begin();
  if (!transaction.ok()) return transaction.status();
  for (const OfficeRead& read : told) {
    if (absl::Status added = (*transaction)->AddOfficeRead(read); !added.ok()) return added;
  }
  return (*transaction)->Commit();
}

}  // namespace

absl::StatusOr<Caller> OfficeService::Identify(std::string_view certificate_pem) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<SharedDirectory::Place> place = parts_.directory.At(**view);
  if (!place.ok()) return place.status();
  return Authenticate(*place, certificate_pem);
}

void OfficeService::Ask(const Caller& caller, std::string_view request, Done done) {
  v1::OfficeRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  absl::StatusOr<OfficeOutcome> outcome;
  {
    const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.store.Read();
    if (!view.ok()) return done(view.status());
    const absl::StatusOr<SharedDirectory::Place> place = parts_.directory.At(**view);
    if (!place.ok()) return done(place.status());
    outcome =
        AskOffice(**view, place->directory, place->at, caller.device, parts_.now_ms(), message);
  }
  if (!outcome.ok()) return done(outcome.status());
  if (outcome->refusal != Refusal::kNone) return done(StatusOfRefusal(outcome->refusal));
  std::string answer = outcome->answer.SerializeAsString();
  if (outcome->told.empty()) return done(std::move(answer));
  parts_.writer.Do(
      [told = std::move(outcome->told), answer = std::move(answer), done = std::move(done)](
          const absl::Status& ready, Ingest&, Store& store) mutable {
        const absl::Status written = ready.ok() ? WriteDown(store, told) : ready;
        written.ok() ? done(std::move(answer)) : done(written);
        return written;
      });
}

}  // namespace doorstep::server
