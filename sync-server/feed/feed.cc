#include "sync-server/feed/feed.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "model/limits.h"
#include "model/planted.h"
#include "sync-server/access/restore_gate.h"
#include "sync-server/feed/ended.h"

namespace doorstep::server {

// What one frame is built from.
struct Pull::Moment {
  const ReadView& view;
  const Directory& directory;
  uint64_t at;
  v1::DeviceStatus status;
  Gate gate;
  int64_t now_ms;
};

absl::StatusOr<Pull> Pull::Begin(const FeedParts& parts, const Id& device,
                                 const v1::PullRequest& request) {
  absl::StatusOr<PullPlan> plan = ReadPullRequest(parts.store.tenant(), request);
  if (!plan.ok()) return plan.status();
  return Pull(parts, device, *std::move(plan));
}

Pull::Pull(const FeedParts& parts, const Id& device, PullPlan plan)
    : parts_(&parts), device_(device), plan_(std::move(plan)) {
  auto add = [&](Kind kind, const Id& scope = {}, Position position = {}) -> Stop& {
    stops_.push_back({kind, scope, std::move(position)});
    return stops_.back();
  };
  add(Kind::kHello);
  for (size_t i = 0; i < plan_.histories.size(); ++i) add(Kind::kHistory).history = i;
  if (plan_.directory) add(Kind::kDirectory, parts.store.tenant(), *plan_.directory);
  for (const ScopePosition& cursor : plan_.cursors) {
    add(Kind::kFamily, cursor.scope, cursor.position);
  }
  for (const Id& scope : plan_.wanted) add(Kind::kFamily, scope);
  add(Kind::kOffers);
  add(Kind::kEnd);
}

absl::StatusOr<std::optional<v1::PullFrame>> Pull::Next(int64_t now_ms) {
  if (stops_.empty()) return std::optional<v1::PullFrame>();
  absl::StatusOr<std::unique_ptr<ReadView>> view = parts_->store.Read();
  if (!view.ok()) return view.status();
  absl::StatusOr<SharedDirectory::Place> place = parts_->directory.At(**view);
  if (!place.ok()) return place.status();
  absl::StatusOr<Gate> gate = GateOf(**view);
  if (!gate.ok()) return gate.status();
  const Moment moment{**view,    place->directory,
                      place->at, StatusOf(place->directory, place->at, device_),
                      *gate,     now_ms};
  while (!stops_.empty()) {
    done_ = true;
    absl::StatusOr<std::optional<v1::PullFrame>> frame = FrameOf(moment, stops_.front());
    if (!frame.ok()) return frame;
    if (done_) stops_.pop_front();
    if (*frame) return frame;
  }
  return std::optional<v1::PullFrame>();
}

Pull::Frame Pull::FrameOf(const Moment& moment, Stop& stop) {
  switch (stop.kind) {
    case Kind::kHello:
      if (Planted(Fault::kReadPerFrame)) {
        for (const Stop& later : stops_) {
          if (later.kind != Kind::kFamily) continue;
          if (absl::StatusOr<bool> asked = MayServe(moment, later); !asked.ok()) {
            return asked.status();
          }
        }
      }
      return Hello(moment);
    case Kind::kHistory:
      return Common(moment, plan_.histories[stop.history]);
    case Kind::kDirectory:
      return DirectoryFrame(moment, stop);
    case Kind::kFamily:
      return FamilyFrame(moment, stop);
    case Kind::kOffers: {
      absl::Status added = AddOffers(moment);
      if (!added.ok()) return added;
      return std::nullopt;
    }
    case Kind::kEnd:
      NoteEnd(moment);
      return std::nullopt;
  }
  return std::nullopt;
}

v1::PullFrame Pull::Hello(const Moment& moment) {
  v1::PullFrame frame;
  v1::PullHello& hello = *frame.mutable_hello();
  hello.set_server_ms(moment.now_ms);
  hello.set_schema(parts_->catalog.schema());
  hello.set_protocol_min(kProtocol);
  hello.set_device(moment.status);
  hello.set_gated(moment.gate == Gate::kWaiting);
  return frame;
}

Pull::Frame Pull::Common(const Moment& moment, const HashRun& run) {
  absl::StatusOr<uint64_t> common = GreatestCommon(moment.view, run);
  if (!common.ok()) return common.status();
  absl::StatusOr<ScopeRow> row = moment.view.FindScope(run.scope);
  if (!row.ok()) return row.status();
  // To one who has shown no entry of it and may not read it, it is a scope that is not here.
  bool told = *common > 0 || run.scope == moment.view.tenant();
  if (!told) {
    absl::StatusOr<bool> may = MayRead(moment.view, moment.directory, moment.at, device_, run.scope,
                                       moment.now_ms, Ask::kWhenAsked);
    if (!may.ok()) return may.status();
    told = *may;
  }
  v1::PullFrame frame;
  frame.mutable_common()->set_scope(run.scope.str());
  frame.mutable_common()->set_common_seq(*common);
  frame.mutable_common()->set_head_seq(told ? row->seq : 0);
  return frame;
}

Pull::Frame Pull::DirectoryFrame(const Moment& moment, Stop& stop) {
  if (!std::exchange(stop.compared, true)) {
    absl::StatusOr<Standing> standing = Compare(moment.view, stop.scope, stop.position);
    if (!standing.ok()) return standing.status();
    if (*standing == Standing::kMismatch) {
      v1::PullFrame frame;
      frame.mutable_mismatch()->set_scope(stop.scope.str());
      return frame;
    }
    directory_on_chain_ = stop.position.seq > 0;
  }
  if (moment.status == v1::DEVICE_UNKNOWN) return std::nullopt;
  absl::StatusOr<ScopeRow> row = moment.view.FindScope(stop.scope);
  if (!row.ok()) return row.status();
  LogEnd end{*row, row->seq};
  if (moment.status == v1::DEVICE_ENDED) {
    end.limit = std::min(moment.directory.LastWordOn(device_), row->seq);
  }
  return NextPage(moment, stop, end);
}

Pull::Frame Pull::FamilyFrame(const Moment& moment, Stop& stop) {
  absl::StatusOr<bool> may = MayServe(moment, stop);
  if (!may.ok()) return may.status();
  // The chain before any right: a server that was put back may have forgotten the right, and the
  // device may have the only copy.
  const bool compare = *may || !Planted(Fault::kMismatchBeforeEnded);
  if (compare && !std::exchange(stop.compared, true)) {
    absl::StatusOr<Standing> standing = Compare(moment.view, stop.scope, stop.position);
    if (!standing.ok()) return standing.status();
    if (*standing == Standing::kMismatch) {
      v1::PullFrame frame;
      frame.mutable_mismatch()->set_scope(stop.scope.str());
      return frame;
    }
  }
  if (moment.gate == Gate::kWaiting) return std::nullopt;
  if (!*may) return EndedFrame(moment, stop);
  absl::StatusOr<ScopeRow> row = moment.view.FindScope(stop.scope);
  if (!row.ok()) return row.status();
  return NextPage(moment, stop, {*row, row->seq});
}

// Entries above the stop's position; a bare head when only the archived mark has moved.
Pull::Frame Pull::NextPage(const Moment& moment, Stop& stop, const LogEnd& end) {
  v1::PullFrame frame;
  if (stop.position.seq >= end.limit) {
    const bool whole = stop.position.seq == end.row.seq && end.row.seq > 0;
    if (!whole || end.row.archived_seq == stop.position.archived_seq) return std::nullopt;
    *frame.mutable_bare()->mutable_head() = SignEnd(parts_->signer, stop.scope, end.row).Wire();
    return frame;
  }
  absl::StatusOr<v1::PullPage> page =
      BuildPage(moment.view, parts_->signer, stop.scope, end, stop.position.seq);
  if (!page.ok()) return page.status();
  absl::StatusOr<SignedHead> head = DecodeHead(page->head());
  if (!head.ok()) return head.status();
  stop.position = {head->head.seq(), std::string(HashPrefix(head->entry_hash)),
                   head->head.archived_seq()};
  done_ = !page->more();
  *frame.mutable_page() = *std::move(page);
  return frame;
}

// To one who has stood in the family's log; to anybody else nothing, as for a scope that is not
// here. A device that is ended itself is told so without a proof: it hides, it does not destroy.
Pull::Frame Pull::EndedFrame(const Moment& moment, const Stop& stop) {
  const bool active = moment.status == v1::DEVICE_ACTIVE;
  if (stop.position.seq == 0 || (!active && moment.status != v1::DEVICE_ENDED)) {
    return std::nullopt;
  }
  v1::PullFrame frame;
  frame.mutable_ended()->set_scope(stop.scope.str());
  if (!active) return frame;
  const Id user = moment.directory.FindDevice(device_, moment.at)->user;
  absl::StatusOr<v1::PullFrame::Ended> ended =
      EndedProof(moment.view, stop.scope, user, stop.position.seq, moment.now_ms);
  if (!ended.ok()) return ended.status();
  *frame.mutable_ended() = *std::move(ended);
  return frame;
}

// Asked for every frame anew: a right that ends between two pages ends there.
absl::StatusOr<bool> Pull::MayServe(const Moment& moment, const Stop& stop) {
  auto ask = [&] {
    return MayRead(moment.view, moment.directory, moment.at, device_, stop.scope, moment.now_ms,
                   stop.ask);
  };
  if (!Planted(Fault::kReadPerFrame)) return ask();
  auto [it, fresh] = granted_.try_emplace(stop.scope, false);
  if (fresh) {
    absl::StatusOr<bool> may = ask();
    if (!may.ok()) return may;
    it->second = *may;
  }
  return it->second;
}

absl::Status Pull::AddOffers(const Moment& moment) {
  if (moment.gate == Gate::kWaiting || moment.status != v1::DEVICE_ACTIVE) return absl::OkStatus();
  absl::StatusOr<std::vector<Id>> readable =
      ReadableBy(moment.view, moment.directory, moment.at, device_, moment.now_ms);
  if (!readable.ok()) return readable.status();
  std::set<Id> named = plan_.not_carried;
  named.insert(plan_.wanted.begin(), plan_.wanted.end());
  for (const ScopePosition& cursor : plan_.cursors) named.insert(cursor.scope);
  for (const HashRun& run : plan_.histories) named.insert(run.scope);
  const auto before_end = stops_.end() - 1;
  std::vector<Stop> offers;
  for (const Id& scope : *readable) {
    if (!named.contains(scope)) {
      offers.push_back({Kind::kFamily, scope, {}, Ask::kOffered});
      if (Planted(Fault::kReadPerFrame)) granted_.try_emplace(scope, true);
    }
  }
  stops_.insert(before_end, offers.begin(), offers.end());
  return absl::OkStatus();
}

void Pull::NoteEnd(const Moment& moment) {
  const bool settled = directory_on_chain_ && plan_.directory_rows == 0;
  if (moment.gate == Gate::kOpen || moment.status != v1::DEVICE_ACTIVE || !settled) return;
  const Id user = moment.directory.FindDevice(device_, moment.at)->user;
  const std::vector<Id> all = moment.directory.CountingAdministrators(moment.at);
  if (std::find(all.begin(), all.end(), user) != all.end()) heard_ = user;
}

}  // namespace doorstep::server
