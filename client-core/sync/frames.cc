// What a pull brings, frame by frame, into the store.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/sync/limits.h"
#include "client-core/sync/purge_grounds.h"
#include "client-core/sync/session_machine.h"
#include "crypto/reason.h"
#include "model/limits.h"

namespace doorstep::client {

// ---- Small things -------------------------------------------------------------------------------

void Session::Machine::Alarm(const std::string& what, const Id& scope) {
  std::string words = absl::StrCat(what, ": scope ", scope.short_hex());
  const auto& alarms = report_.alarms();
  if (alarms.size() >= kAlarmsMax ||
      std::find(alarms.begin(), alarms.end(), words) != alarms.end()) {
    return;
  }
  report_.add_alarms(words);
}

bool Session::Machine::Has(const Id& scope, ScopeFlag flag) const {
  const ScopeRow* row = store_.log().Find(scope);
  return row != nullptr && row->Has(flag);
}

bool Session::Machine::Carries(const Id& scope) const {
  const ScopeRow* row = store_.log().Find(scope);
  return row != nullptr && row->seq > 0;
}

absl::Status Session::Machine::SetFlag(const Id& scope, ScopeFlag flag) {
  if (Has(scope, flag)) return absl::OkStatus();
  household_.Changed(scope);
  return store_.InTransaction([&] { return store_.log().SetFlag(scope, flag); });
}

absl::Status Session::Machine::ClearFlag(const Id& scope, ScopeFlag flag) {
  if (!Has(scope, flag)) return absl::OkStatus();
  household_.Changed(scope);
  return store_.InTransaction([&] { return store_.log().ClearFlag(scope, flag); });
}

absl::StatusOr<PageBase> Session::Machine::BaseOf(const Id& scope) const {
  const ScopeRow* row = store_.log().Find(scope);
  if (row == nullptr || row->seq == 0) return PageBase{0, EmptyLogHash(tenant_, scope), 0};
  absl::StatusOr<std::optional<Entry>> last = store_.log().Get(scope, row->seq);
  if (!last.ok()) return last.status();
  if (!*last) return MakeStatus(Reason::kIntegrity, "end of a stored log is missing");
  return PageBase{row->seq, row->hash, (*last)->meta.directory_seq()};
}

// Assignments whose ending this device has acted on, and the families they were in.
absl::Status Session::Machine::ReadEndings() {
  absl::StatusOr<std::vector<std::string>> names = store_.meta().Names(meta::kEnding);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    std::optional<Id> assignment = Id::FromBytes(name.substr(meta::kEnding.size()));
    absl::StatusOr<std::optional<std::string>> family = store_.meta().Get(name);
    if (!family.ok()) return family.status();
    std::optional<Id> scope = *family ? Id::FromBytes(**family) : std::nullopt;
    if (assignment) endings_.insert(*assignment);
    if (scope) once_lost_.insert(*scope);
  }
  return absl::OkStatus();
}

// ---- The switch over frames ---------------------------------------------------------------------

absl::Status Session::Machine::TakeFrame(const v1::PullFrame& frame) {
  if (!hello_ && !frame.has_hello()) return absl::OkStatus();  // nobody has said who speaks
  switch (frame.frame_case()) {
    case v1::PullFrame::kHello:
      return TakeHello(frame.hello());
    case v1::PullFrame::kPage:
      return TakePage(frame.page());
    case v1::PullFrame::kBare:
      return TakeBare(frame.bare().head());
    case v1::PullFrame::kEnded:
      return TakeEnded(frame.ended());
    case v1::PullFrame::kMismatch: {
      std::optional<Id> scope = Id::FromBytes(frame.mismatch().scope());
      return scope ? TakeMismatch(*scope) : absl::OkStatus();
    }
    case v1::PullFrame::kCommon:
      return TakeCommon(frame.common());
    case v1::PullFrame::kClosed:
    case v1::PullFrame::FRAME_NOT_SET:
      return absl::OkStatus();  // nothing here destroys or learns on the server's word
  }
  return absl::OkStatus();
}

absl::Status Session::Machine::TakeHello(const v1::PullHello& hello) {
  hello_ = hello;
  server_ms_ = hello.server_ms();
  report_.set_gated(hello.gated());
  absl::Status written = store_.meta().SetInt(meta::kClockOffset, now_ms_ - server_ms_);
  if (written.ok()) written = store_.meta().SetInt(meta::kGated, hello.gated() ? 1 : 0);
  return written;
}

// ---- Pages --------------------------------------------------------------------------------------

absl::Status Session::Machine::TakePage(const v1::PullPage& page) {
  std::optional<Id> scope = Id::FromBytes(page.scope());
  if (!scope || *scope == device_) {
    Alarm("page of a scope that is not pulled", scope.value_or(Id{}));
    return absl::OkStatus();
  }
  ScopeNow& now = now_[*scope];
  now.served = true;
  // While the directory's history has parted, what stands on it waits; so does a scope that
  // stopped.
  bool waits = parted_.contains(*scope) || (parted_.contains(tenant_) && *scope != tenant_);
  if (now.refused || waits || Has(*scope, kNotCarried)) return absl::OkStatus();
  if (Has(*scope, kStopped)) {
    now.refused = true;
    report_.set_refused_pages(report_.refused_pages() + 1);
    Alarm("stopped, and takes no page", *scope);
    return absl::OkStatus();
  }
  if (*scope == tenant_) return TakeDirectoryPage(page);
  if (!Carries(*scope) && once_lost_.contains(*scope)) return LookAtOffer(*scope, page);
  return TakeFamilyPage(*scope, page);
}

absl::Status Session::Machine::TakeDirectoryPage(const v1::PullPage& page) {
  absl::StatusOr<PageBase> base = BaseOf(tenant_);
  if (!base.ok()) return base.status();
  std::unique_ptr<ScopeState> state = store_.state().Of(tenant_);
  Directory trial = store_.directory().Clone();
  CheckedPage checked;
  PageContext context{store_.catalog(), verifier_};
  std::optional<PageRefusal> refusal =
      CheckDirectoryPage(context, trial, *base, page, *state, checked);
  if (!state->status().ok()) return state->status();
  if (refusal) return Refuse(tenant_, *refusal);
  absl::Status kept = Keep(tenant_, checked, *state);
  if (!kept.ok()) return kept;
  return NoteCounting();
}

absl::Status Session::Machine::TakeFamilyPage(const Id& family, const v1::PullPage& page) {
  absl::StatusOr<PageBase> base = BaseOf(family);
  if (!base.ok()) return base.status();
  std::unique_ptr<ScopeState> state = store_.state().Of(family);
  CheckedPage checked;
  PageContext context{store_.catalog(), verifier_};
  std::optional<PageRefusal> refusal =
      CheckFamilyPage(context, store_.directory(), *base, page, *state, checked);
  if (!state->status().ok()) return state->status();
  if (refusal) return Refuse(family, *refusal);
  return Keep(family, checked, *state);
}

absl::Status Session::Machine::Keep(const Id& scope, const CheckedPage& checked,
                                    ScopeState& folded) {
  absl::Status put = store_.PutPage(scope, checked.entries, checked.head, folded, now_ms_);
  if (!put.ok()) return put;
  pages_taken_ = progress_ = true;
  ScopeNow& now = now_[scope];
  now.more = checked.more;
  now.reached = !checked.more;
  for (const Entry& entry : checked.entries) {
    report_.set_received(report_.received() + 1);
    if (entry.applied()) {
      report_.set_applied(report_.applied() + 1);
    } else {
      report_.set_held(report_.held() + 1);
    }
  }
  household_.Changed(scope);
  for (ScopeFlag flag : {kHidden, kPurged, kEndedSeen}) {
    absl::Status cleared = ClearFlag(scope, flag);
    if (!cleared.ok()) return cleared;
  }
  if (checked.more) return absl::OkStatus();
  return CompareDigest(scope, checked.head.head.state_digest());
}

// At the log's end. A difference is ours or a disk's: the stored log is folded again before
// anything is said.
absl::Status Session::Machine::CompareDigest(const Id& scope, std::string_view signed_digest) {
  if (signed_digest.empty()) return absl::OkStatus();
  const ScopeRow* row = store_.log().Find(scope);
  if (row == nullptr) return absl::OkStatus();
  bool agrees = View(row->state_digest) == signed_digest;
  if (!agrees) {
    absl::StatusOr<Hash32> digest = store_.Refold(scope, now_ms_);
    if (!digest.ok()) return digest.status();
    agrees = View(*digest) == signed_digest;
    household_.Changed(scope);
  }
  if (agrees) return ClearFlag(scope, kSuspect);
  Alarm("state digest differs from the server's", scope);
  return SetFlag(scope, kSuspect);
}

absl::Status Session::Machine::Refuse(const Id& scope, const PageRefusal& refusal) {
  ScopeNow& now = now_[scope];
  now.refused = true;
  report_.set_refused_pages(report_.refused_pages() + 1);
  switch (refusal.fault) {
    case PageFault::kRefused:
      Alarm(absl::StrCat("page refused, ", std::string(NameOf(ReasonOf(refusal.status)))), scope);
      return absl::OkStatus();
    case PageFault::kDirectoryFirst:
      now.ahead = true;
      return absl::OkStatus();
    case PageFault::kFrozen:
      Alarm("stopped: the server applied what its author may not write", scope);
      return SetFlag(scope, kStopped);
  }
  return absl::OkStatus();
}

// A family that was lost comes back only by a place that is not one of those already ended.
absl::Status Session::Machine::LookAtOffer(const Id& family, const v1::PullPage& page) {
  Offer& offer = offers_[family];
  if (offer.state == nullptr) {
    offer.state = std::make_unique<ScopeState>(family, nullptr);
    offer.base = {0, EmptyLogHash(tenant_, family), 0};
  }
  CheckedPage checked;
  PageContext context{store_.catalog(), verifier_};
  std::optional<PageRefusal> refusal =
      CheckFamilyPage(context, store_.directory(), offer.base, page, *offer.state, checked);
  offer.bytes += page.ByteSizeLong();
  if (!refusal && offer.bytes > kRetakenBytesMax) {
    refusal = PageRefusal{PageFault::kRefused, MakeStatus(Reason::kLimit, "offer is too large")};
  }
  if (refusal) {
    offers_.erase(family);
    return Refuse(family, *refusal);
  }
  const Entry& last = checked.entries.back();
  offer.base = {last.seq(), last.hash, last.meta.directory_seq()};
  offer.pages.push_back(page);
  if (page.more()) return absl::OkStatus();
  Offer whole = std::move(offer);
  offers_.erase(family);
  if (!MayTakeUp(*whole.state, user_, endings_, now_ms_)) {
    return Refuse(family, {PageFault::kRefused, MakeStatus(Reason::kTrust, "place has ended")});
  }
  for (const v1::PullPage& kept : whole.pages) {
    absl::Status taken = TakeFamilyPage(family, kept);
    if (!taken.ok() || now_[family].refused) return taken;
  }
  return absl::OkStatus();
}

absl::Status Session::Machine::TakeBare(const v1::SignedHead& wire) {
  absl::StatusOr<SignedHead> head = CheckBareHead(verifier_, store_.directory(), wire);
  if (!head.ok()) {
    Alarm("head is not the server's", Id{});
    return absl::OkStatus();
  }
  const ScopeRow* row = store_.log().Find(head->scope);
  if (row == nullptr || row->seq == 0 || Has(head->scope, kStopped)) return absl::OkStatus();
  ScopeNow& now = now_[head->scope];
  now.served = true;
  uint64_t seq = head->head.seq();
  if (seq > row->seq) return absl::OkStatus();  // its pages are still to come
  if (seq < row->seq || head->entry_hash != row->hash) {
    Alarm("head contradicts one that was seen", head->scope);
    return Part(head->scope);
  }
  now.reached = true;
  absl::Status put = store_.PutBareHead(*head);
  if (!put.ok()) return put;
  household_.Changed(head->scope);
  return CompareDigest(head->scope, head->head.state_digest());
}

// ---- Mismatch, Common ---------------------------------------------------------------------------

absl::Status Session::Machine::TakeMismatch(const Id& scope) {
  auto at = now_.find(scope);
  if (at == now_.end() || !at->second.listed || !Carries(scope)) return absl::OkStatus();
  Alarm("the server does not have this history", scope);
  return Part(scope);
}

// A server that lost history takes back everything it said: of this scope, and of those that have
// no cursor to show it by.
absl::Status Session::Machine::Part(const Id& scope) {
  parted_.try_emplace(scope);
  absl::StatusOr<std::vector<Id>> scopes = store_.outbox().Scopes();
  if (!scopes.ok()) return scopes.status();
  return store_.InTransaction([&] {
    for (const Id& other : *scopes) {
      if (other != scope && Carries(other)) continue;
      absl::Status forgotten = store_.outbox().ForgetAnswers(other);
      if (!forgotten.ok()) return forgotten;
    }
    return absl::OkStatus();
  });
}

absl::Status Session::Machine::TakeCommon(const v1::PullFrame::Common& common) {
  std::optional<Id> scope = Id::FromBytes(common.scope());
  auto at = scope ? parted_.find(*scope) : parted_.end();
  if (at == parted_.end() || at->second.first_shown == 0) return absl::OkStatus();
  at->second.common = common;
  return absl::OkStatus();
}

// ---- Ended --------------------------------------------------------------------------------------

absl::StatusOr<std::vector<WaitingRow>> Session::Machine::WaitingRowsOf(const Id& family) {
  std::vector<OutboxRow> rows;
  absl::Status read = store_.outbox().ForEachOf(family, [&](const OutboxRow& row) {
    if (!row.sealed && row.answer != Answer::kUnsendable) rows.push_back(row);
    return true;
  });
  if (!read.ok()) return read;
  std::vector<WaitingRow> waiting;
  for (const OutboxRow& row : rows) {
    absl::StatusOr<Changeset> changeset = store_.outbox().Load(row);
    if (!changeset.ok()) return changeset.status();
    bool held = row.answer == Answer::kAccepted && row.verdict == v1::HELD;
    waiting.push_back({*std::move(changeset), held});
  }
  return waiting;
}

absl::Status Session::Machine::TakeEnded(const v1::PullFrame::Ended& ended) {
  std::optional<Id> family = Id::FromBytes(ended.scope());
  if (!family || !IsFamily(*family)) {
    Alarm("ending of what is no family", family.value_or(Id{}));
    return absl::OkStatus();
  }
  if (!now_[*family].listed || !Carries(*family) || parted_.contains(*family) ||
      parted_.contains(tenant_)) {
    return absl::OkStatus();
  }
  now_[*family].ended = true;
  absl::StatusOr<std::vector<WaitingRow>> rows = WaitingRowsOf(*family);
  if (!rows.ok()) return rows.status();
  std::unique_ptr<ScopeState> stored = store_.state().Of(*family);
  LossQuestion question{store_.catalog(), store_.directory(), verifier_, user_,
                        now_ms_,          server_ms_};
  LossFinding finding = JudgeEnded(question, *stored, *rows, ended);
  if (!stored->status().ok()) return stored->status();
  for (const std::string& words : finding.alarms) Alarm(words, *family);
  switch (finding.loss) {
    case Loss::kNone:
      return absl::OkStatus();
    case Loss::kHidden:
      return SetFlag(*family, kHidden);
    case Loss::kLost:
      break;
  }
  absl::Status owed = household_.ShareWhatIsOwed(*family, now_ms_);
  if (!owed.ok()) return owed;
  absl::Status purged = household_.Purge(*family, finding.endings, finding.assignments, now_ms_);
  if (!purged.ok()) return purged;
  endings_.insert(finding.assignments.begin(), finding.assignments.end());
  once_lost_.insert(*family);
  report_.set_purged(report_.purged() + 1);
  household_.Changed(*family);
  return absl::OkStatus();
}

// ---- The end of a stream ------------------------------------------------------------------------

absl::Status Session::Machine::NoteCounting() {
  const Directory& directory = store_.directory();
  if (!directory.DeviceCounts(device_, directory.seq())) return absl::OkStatus();
  return store_.meta().SetInt(meta::kFoundCounting, 1);
}

absl::Status Session::Machine::NoteEndOfPull() {
  bool waits = false;
  std::vector<Id> found_again;
  for (auto& [scope, now] : now_) {
    if (parted_.contains(scope) || now.refused) {
      waits = waits || now.ahead;
      continue;
    }
    if (now.more) {
      pull_again_ = pull_again_ || pages_taken_;
      continue;
    }
    if (!now.listed || now.ended) continue;
    now.reached = true;
    bool serves = hello_->device() == v1::DEVICE_ACTIVE && !hello_->gated();
    if (serves && Has(scope, kHidden)) found_again.push_back(scope);
  }
  for (const Id& scope : found_again) {
    absl::Status cleared = ClearFlag(scope, kHidden);
    if (!cleared.ok()) return cleared;
  }
  if (waits && waits_for_directory_ < 2) {
    ++waits_for_directory_;
    pull_again_ = true;
  }
  return absl::OkStatus();
}

}  // namespace doorstep::client
