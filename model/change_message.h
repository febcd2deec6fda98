// What a single record change says, read as its record's message: for the few records that the
// machinery stands on, before or without the state they are folded into.
#ifndef DOORSTEP_MODEL_CHANGE_MESSAGE_H_
#define DOORSTEP_MODEL_CHANGE_MESSAGE_H_

#include <string>

#include "doorstep/v1/change.pb.h"

namespace doorstep {

// The writes of a change as a message, as if nothing else were there; drops left out. Empty when
// they do not parse: a change that says nothing gives nobody anything.
template <typename M>
M MessageOf(const v1::RecordChange& change) {
  std::string bytes;
  for (const v1::FieldWrite& write : change.writes()) {
    if (!write.drop()) bytes += write.value();
  }
  M message;
  if (!message.ParseFromString(bytes)) message.Clear();
  return message;
}

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_CHANGE_MESSAGE_H_
