// A file beside a record, on its way in and out: made ready, encrypted, stored with the record in
// one transaction; and opened again from the chunks that are here. Which record has a file, and in
// which fields it says so, stands in the schema (option `file`).
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_ATTACHMENT_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_ATTACHMENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/commit.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "crypto/attachment.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

struct PreparedFile {
  Prepared record;
  SealedFile file;
};

// As PrepareEdits. Besides: INVALID_ARGUMENT (E_ARG): no type with a file, a field that the core
// writes, or, for a restricted one, a text; no bytes. FAILED_PRECONDITION (E_STATE): pictures are
// not allowed by the authority's settings. RESOURCE_EXHAUSTED (E_LIMIT): more than 20 MiB.
// E_FORMAT: a picture that cannot be read.
absl::StatusOr<PreparedFile> PrepareFile(const Desk& desk, Readers& readers,
                                         const v1::NewFile& what, std::string_view bytes,
                                         int64_t now_ms);
// Record and chunks in one transaction.
absl::Status KeepFile(const Desk& desk, const PreparedFile& prepared, int64_t now_ms);

// The plain bytes of a record's file, piece by piece; what `write` was given counts only if it
// returns OK. NOT_FOUND: no such record, or it has no file. FAILED_PRECONDITION (E_STATE): chunks
// are missing here, or its key is sealed and no wrap has come. DATA_LOSS (E_INTEGRITY). What
// `write` fails with.
absl::Status ReadFile(const Desk& desk, Readers& readers, const Id& record,
                      absl::FunctionRef<absl::Status(std::string_view)> write, int64_t now_ms);

// Every file known here, those that have to move first.
absl::StatusOr<std::vector<v1::FileLine>> FileLines(const Desk& desk, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_ATTACHMENT_H_
