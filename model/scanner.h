// Counts before parsing. Protobuf turns a megabyte of empty sub-messages into thirty-six of heap,
// so every message from outside is walked once by its wire types, without allocating, and refused
// when it nests or repeats beyond its limits.
#ifndef DOORSTEP_MODEL_SCANNER_H_
#define DOORSTEP_MODEL_SCANNER_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "model/limits.h"

namespace doorstep {

struct ScanLimits {
  int depth = kMessageDepthMax;
  int elements = kMessageElementsMax;  // sub-messages, repeated scalars and unknown fields
};

// INVALID_ARGUMENT (E_FORMAT) for broken wire format or groups, RESOURCE_EXHAUSTED (E_LIMIT).
absl::Status ScanMessage(std::string_view bytes, const google::protobuf::Descriptor& type,
                         ScanLimits limits = {});

// Scans, then parses into `message`. The one road from bytes of others to a message.
absl::Status ParseMessage(std::string_view bytes, google::protobuf::Message& message,
                          ScanLimits limits = {});

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_SCANNER_H_
