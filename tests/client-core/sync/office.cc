#include "tests/client-core/sync/office.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <variant>

#include "client-core/sync/page_check.h"
#include "crypto/attachment.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/packing.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kServerKeys = 123, kAssignment = 34;

}  // namespace

Office::Office(Town& in_town)
    : town(in_town),
      log_seed(Secret::FromBytes(View(in_town.random.Make<32>()))),
      ingest_seed(Secret::FromBytes(View(in_town.random.Make<32>()))) {
  Judgement judgement =
      town.log.Push(town.Write(town.root, town.tenant,
                               {Change(kServerKeys, town.NewId(),
                                       {{1, EncodeBytes(1, View(SignPublicKey(log_seed)))},
                                        {2, EncodeBytes(2, View(BoxPublicKey(ingest_seed)))},
                                        {3, EncodeBytes(3, "authority")},
                                        {4, EncodeNumber(4, 1)}})}));
  REQUIRE(judgement.verdict == v1::APPLIED);
}

Office::Line& Office::line(const Id& scope) {
  Line& line = lines_[scope];
  if (line.state == nullptr) line.state = std::make_unique<ScopeState>(scope, nullptr);
  return line;
}

Judgement Office::Push(const Changeset& changeset) {
  if (changeset.scope == town.tenant) return town.log.Push(changeset);
  Judgement judgement = Judge({*catalog, town.directory, town.directory.seq(), town.now_ms},
                              *line(changeset.scope).state, changeset);
  Place(changeset, judgement);
  return judgement;
}

void Office::Place(const Changeset& changeset, const Judgement& judgement) {
  Line& log = line(changeset.scope);
  v1::EntryMeta meta;
  meta.set_seq(log.entries.size() + 1);
  meta.set_verdict(judgement.verdict);
  meta.set_reason(judgement.reason);
  meta.set_directory_seq(town.directory.seq());
  meta.set_directory_hash(ShortHash(town.directory.hash()));
  meta.set_received_ms(town.now_ms);
  for (const Id& uid : judgement.released) meta.add_released(uid.str());
  Hash32 before =
      log.entries.empty() ? EmptyLogHash(town.tenant, changeset.scope) : log.entries.back().hash;
  places_[changeset.uid] = {changeset.scope, log.entries.size()};
  log.entries.push_back(MakeEntry(town.tenant, changeset, meta, before));
  FoldEntry(*log.state, log.entries.back());
}

void Office::PutBack(const Id& scope, size_t entries) {
  Line& log = line(scope);
  REQUIRE(entries <= log.entries.size());
  for (size_t i = entries; i < log.entries.size(); ++i) places_.erase(log.entries[i].changeset.uid);
  log.entries.resize(entries);
  log.state = std::make_unique<ScopeState>(scope, nullptr);
  for (const Entry& entry : log.entries) FoldEntry(*log.state, entry);
}

v1::SignedHead Office::Head(const Id& scope, uint64_t seq) {
  bool directory = scope == town.tenant;
  const std::vector<Entry>& entries = directory ? town.log.entries() : line(scope).entries;
  v1::Head head;
  head.set_scope(scope.str());
  head.set_seq(seq);
  head.set_entry_hash(
      std::string(View(seq == 0 ? EmptyLogHash(town.tenant, scope) : entries[seq - 1].hash)));
  if (seq == entries.size()) {
    Hash32 digest = directory ? town.log.state().Digest() : line(scope).state->Digest();
    head.set_state_digest(std::string(View(digest)));
  }
  if (!directory) head.set_archived_seq(line(scope).archived);
  head.set_key(std::string(View(H16(View(SignPublicKey(log_seed))))));
  return SignHead(town.tenant, head, log_seed).Wire();
}

v1::PullPage Office::Page(const Id& scope, uint64_t first, uint64_t last) {
  bool directory = scope == town.tenant;
  const std::vector<Entry>& entries = directory ? town.log.entries() : line(scope).entries;
  v1::LogEntries wire;
  for (uint64_t seq = first; seq <= last; ++seq) *wire.add_entries() = entries[seq - 1].Wire();
  v1::PullPage page;
  page.set_scope(scope.str());
  page.set_entries(PackEntries(wire));
  *page.mutable_head() = Head(scope, last);
  page.set_more(last < entries.size());
  return page;
}

void Office::Serve(const Id& scope, uint64_t after, std::vector<v1::PullFrame>& frames) {
  size_t end = scope == town.tenant ? town.log.entries().size() : line(scope).entries.size();
  for (uint64_t from = after; from < end;) {
    uint64_t to = std::min<uint64_t>(end, from + page_entries);
    *frames.emplace_back().mutable_page() = Page(scope, from + 1, to);
    from = to;
  }
}

std::vector<v1::PullFrame> Office::Answer(const v1::PullRequest& request, const Id& device) {
  pulls.push_back(request);
  std::vector<v1::PullFrame> frames;
  v1::PullHello& hello = *frames.emplace_back().mutable_hello();
  hello.set_server_ms(town.now_ms);
  hello.set_schema(1);
  hello.set_device(status);
  hello.set_gated(gated);
  std::set<Id> named;
  for (const v1::History& history : request.histories()) {
    Id scope = *Id::FromBytes(history.scope());
    named.insert(scope);
    const std::vector<Entry>& entries = line(scope).entries;
    uint64_t common = 0;
    for (uint64_t i = 0; i < history.hashes().size() / 8; ++i) {
      uint64_t seq = history.first_seq() + i;
      bool same = seq <= entries.size() &&
                  HashPrefix(entries[seq - 1].hash) == history.hashes().substr(8 * i, 8);
      if (same) common = seq;
    }
    v1::PullFrame::Common& answer = *frames.emplace_back().mutable_common();
    answer.set_scope(scope.str());
    answer.set_common_seq(common);
    answer.set_head_seq(entries.size());
  }
  auto readable = [&](const Id& scope) {
    return MayRead(town.directory, town.directory.seq(), *line(scope).state, device, town.now_ms);
  };
  for (const v1::Cursor& cursor : request.cursors()) {
    Id scope = *Id::FromBytes(cursor.scope());
    named.insert(scope);
    if (scope == town.tenant) {
      Serve(scope, cursor.seq(), frames);
      continue;
    }
    const std::vector<Entry>& entries = line(scope).entries;
    bool on_chain =
        cursor.seq() <= entries.size() &&
        (cursor.seq() == 0 || HashPrefix(entries[cursor.seq() - 1].hash) == cursor.hash());
    if (!on_chain) {
      frames.emplace_back().mutable_mismatch()->set_scope(scope.str());
    } else if (gated) {
      continue;
    } else if (!readable(scope)) {
      v1::PullFrame::Ended& ended = *frames.emplace_back().mutable_ended();
      ended.set_scope(scope.str());
      for (const Entry& entry : entries) {
        const auto& changes = entry.changeset.body.changes();
        bool assigns = std::any_of(changes.begin(), changes.end(), [](const v1::RecordChange& c) {
          return c.type() == kAssignment;
        });
        if (assigns && entry.applied()) *ended.add_proof() = entry.changeset.Signed();
      }
    } else {
      Serve(scope, cursor.seq(), frames);
      if (cursor.seq() == entries.size() && line(scope).archived > cursor.archived_seq()) {
        *frames.emplace_back().mutable_bare()->mutable_head() = Head(scope, entries.size());
      }
    }
  }
  for (const std::string& bytes : request.not_carried()) named.insert(*Id::FromBytes(bytes));
  for (const auto& [scope, log] : lines_) {
    if (gated || named.contains(scope) || log.entries.empty() || !readable(scope)) continue;
    Serve(scope, 0, frames);
  }
  return frames;
}

v1::RowAnswer Office::Present(const Id& scope, size_t index) {
  const Entry& entry = line(scope).entries[index];
  v1::RowAnswer answer;
  answer.set_uid(entry.changeset.uid.str());
  v1::RowAnswer::Accepted& accepted = *answer.mutable_accepted();
  accepted.set_verdict(entry.meta.verdict());
  accepted.set_reason(entry.meta.reason());
  accepted.set_archived(entry.seq() <= line(scope).archived);
  const HeldWork* held = line(scope).state->FindHeld(entry.changeset.uid);
  accepted.set_undecided(held != nullptr && held->outcome == HeldWork::Outcome::kWaiting);
  accepted.set_scope(scope.str());
  accepted.set_seq(entry.seq());
  return answer;
}

v1::RowAnswer Office::Take(const v1::PushRow& row) {
  v1::RowAnswer answer;
  if (row.has_uid()) {
    answer.set_uid(row.uid());
    auto at = places_.find(*Id::FromBytes(row.uid()));
    if (at != places_.end()) return Present(at->second.first, at->second.second);
    answer.mutable_retry()->set_reason(static_cast<uint32_t>(Reason::kNotFound));
    return answer;
  }
  absl::StatusOr<Changeset> changeset = DecodeChangeset(row.signed_());
  REQUIRE(changeset.ok());
  answer.set_uid(changeset->uid.str());
  auto wanted = told.find(changeset->uid);
  if (wanted != told.end()) {
    v1::RowAnswer instead = wanted->second;
    instead.set_uid(changeset->uid.str());
    return instead;
  }
  if (changeset->scope == town.tenant) {
    Judgement judgement = town.log.Push(*changeset);
    v1::RowAnswer::Accepted& accepted = *answer.mutable_accepted();
    accepted.set_verdict(judgement.verdict);
    accepted.set_scope(changeset->scope.str());
    return answer;
  }
  if (!places_.contains(changeset->uid)) Push(*changeset);
  auto at = places_.find(changeset->uid);
  return Present(at->second.first, at->second.second);
}

v1::PushResponse Office::Answer(const v1::PushRequest& request) {
  pushes.push_back(request);
  if (!request.packed().empty()) {
    absl::StatusOr<std::string> plain = Unpack(request.packed(), kPushPlainBytesMax);
    v1::PushRows rows;
    REQUIRE((plain.ok() && rows.ParseFromString(*plain)));
    REQUIRE(request.rows().empty());
    *pushes.back().mutable_rows() = rows.rows();
  }
  v1::PushResponse response;
  for (const v1::PushRow& row : pushes.back().rows()) *response.add_answers() = Take(row);
  return response;
}

v1::AdoptResponse Office::Answer(const v1::AdoptRequest& request) {
  Id scope = *Id::FromBytes(request.scope());
  Line& log = line(scope);
  v1::AdoptResponse response;
  absl::StatusOr<SignedHead> head = DecodeHead(request.head());
  REQUIRE(head.ok());
  bool own = VerifyHead(town.tenant, *head, SignPublicKey(log_seed));
  std::vector<Entry> entries;
  Hash32 before = log.entries.empty() ? EmptyLogHash(town.tenant, scope) : log.entries.back().hash;
  for (const v1::LogEntry& wire : request.entries()) {
    absl::StatusOr<Entry> entry = DecodeEntry(wire);
    REQUIRE(entry.ok());
    ChainEntry(town.tenant, before, *entry);
    before = entry->hash;
    entries.push_back(*std::move(entry));
  }
  bool next = !entries.empty() && entries.front().seq() == log.entries.size() + 1;
  if (own && next && before == head->entry_hash) {
    for (Entry& entry : entries) {
      places_[entry.changeset.uid] = {scope, log.entries.size()};
      FoldEntry(*log.state, entry);
      log.entries.push_back(std::move(entry));
    }
    response.set_adopted(true);
  }
  response.set_head_seq(log.entries.size());
  return response;
}

v1::DeliverResponse Office::Answer(const v1::DeliverRequest& request) {
  v1::DeliverResponse response;
  for (const v1::DeliverRequest::Item& sealed : request.items()) {
    v1::DeliverResponse::Item& item = *response.add_items();
    item.set_uid(sealed.uid());
    absl::StatusOr<Secret> opened = BoxOpen(ingest_seed, sealed.sealed());
    v1::SignedChangeset wire;
    if (!opened.ok() || !wire.ParseFromString(std::string(opened->view()))) continue;
    absl::StatusOr<Changeset> changeset = DecodeChangeset(wire);
    REQUIRE(changeset.ok());
    delivered.push_back(changeset->uid);
    if (!places_.contains(changeset->uid)) Push(*changeset);
    auto at = places_.find(changeset->uid);
    item.set_received(true);
    item.set_archived(Present(at->second.first, at->second.second).accepted().archived());
  }
  return response;
}

absl::StatusOr<v1::PutChunkResponse> Office::Answer(const v1::PutChunkRequest& request) {
  absl::Status right = CheckHashes(request.content(), request.length(), request.hashes());
  if (right.ok() && !request.chunk().empty()) {
    right = CheckChunk(request.length(), request.hashes(), request.number(), request.chunk());
  }
  if (!right.ok()) return right;
  Id scope = *Id::FromBytes(request.scope());
  auto place = places_.find(*Id::FromBytes(request.uid()));
  if (place == places_.end() || place->second.first != scope) {
    return MakeStatus(Reason::kNotFound, "no such file");
  }
  File& file = files[{scope, request.content()}];
  file.hashes = request.hashes();
  if (!request.chunk().empty()) {
    file.chunks[request.number()] = request.chunk();
    chunks_put.push_back(request.number());
  }
  v1::PutChunkResponse response;
  std::string here((file.hashes.size() / 32 + 7) / 8, '\0');
  for (const auto& [number, bytes] : file.chunks) {
    here[number / 8] = static_cast<char>(here[number / 8] | 1 << number % 8);
  }
  response.set_here(here);
  return response;
}

absl::StatusOr<v1::GetChunkResponse> Office::Answer(const v1::GetChunkRequest& request,
                                                    const Id& device) {
  Id scope = *Id::FromBytes(request.scope());
  auto file = files.find({scope, request.content()});
  bool reads =
      MayRead(town.directory, town.directory.seq(), *line(scope).state, device, town.now_ms);
  if (!reads || file == files.end() || !file->second.chunks.contains(request.number())) {
    return MakeStatus(Reason::kNotFound, "no such file");
  }
  v1::GetChunkResponse response;
  response.set_hashes(file->second.hashes);
  response.set_chunk(file->second.chunks[request.number()]);
  return response;
}

std::string Office::Run(Session& session, const Id& device) {
  std::string kinds;
  while (std::optional<Request> request = session.TakeRequest()) {
    if (!kinds.empty()) kinds += ' ';
    if (const auto* pull = std::get_if<v1::PullRequest>(&request->body)) {
      kinds += "pull";
      for (const v1::PullFrame& frame : Answer(*pull, device)) {
        session.OnPullFrame(request->call, frame, town.now_ms);
      }
      session.OnPullEnd(request->call, absl::OkStatus(), town.now_ms);
    } else if (const auto* push = std::get_if<v1::PushRequest>(&request->body)) {
      kinds += "push";
      session.OnPush(request->call, Answer(*push), town.now_ms);
    } else if (const auto* adopt = std::get_if<v1::AdoptRequest>(&request->body)) {
      kinds += "adopt";
      session.OnAdopt(request->call, Answer(*adopt), town.now_ms);
    } else if (const auto* put = std::get_if<v1::PutChunkRequest>(&request->body)) {
      kinds += put->chunk().empty() ? "ask" : "put";
      bool cut = chunks_until_cut == 0;
      if (chunks_until_cut > 0) --chunks_until_cut;
      session.OnPutChunk(request->call,
                         cut ? MakeStatus(Reason::kBusy, "nobody answers") : Answer(*put),
                         town.now_ms);
    } else if (const auto* get = std::get_if<v1::GetChunkRequest>(&request->body)) {
      kinds += "get";
      bool cut = chunks_until_cut == 0;
      if (chunks_until_cut > 0) --chunks_until_cut;
      session.OnGetChunk(request->call,
                         cut ? MakeStatus(Reason::kBusy, "nobody answers") : Answer(*get, device),
                         town.now_ms);
    } else {
      kinds += "deliver";
      session.OnDeliver(request->call, Answer(std::get<v1::DeliverRequest>(request->body)),
                        town.now_ms);
    }
  }
  return kinds;
}

}  // namespace doorstep::client
