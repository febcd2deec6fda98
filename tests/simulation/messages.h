// What lies in the network between two steps of a run.
#ifndef DOORSTEP_TESTS_SIMULATION_MESSAGES_H_
#define DOORSTEP_TESTS_SIMULATION_MESSAGES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/record_id.h"

namespace doorstep::simulation {

// In the order of client::Request's alternatives.
enum class Ask : uint8_t { kPull, kPush, kAdopt, kDeliver, kPutChunk, kGetChunk };

// From a device to the server. Whoever asks has shown the certificate of `device`.
struct RequestMessage {
  size_t unit = 0;  // index of the device in the world
  Id device;
  uint64_t contact = 0;  // of that unit: an answer of another contact never reaches this one
  uint64_t call = 0;     // of that contact
  Ask ask = Ask::kPull;
  std::string bytes;
};

enum class Tell : uint8_t { kFrame, kPullEnd, kPushed, kAdopted, kDelivered, kPut, kGot };

struct AnswerMessage {
  uint64_t contact = 0;
  uint64_t call = 0;
  Tell tell = Tell::kFrame;
  std::string bytes;
  bool failed = false;  // nobody answered: the device's own wait ended
  uint32_t reason = 0;  // of a failure that the server sent
};

inline Tell EndOf(Ask ask) {
  switch (ask) {
    case Ask::kPull:
      return Tell::kPullEnd;
    case Ask::kPush:
      return Tell::kPushed;
    case Ask::kAdopt:
      return Tell::kAdopted;
    case Ask::kDeliver:
      return Tell::kDelivered;
    case Ask::kPutChunk:
      return Tell::kPut;
    case Ask::kGetChunk:
      return Tell::kGot;
  }
  return Tell::kPullEnd;
}

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_MESSAGES_H_
