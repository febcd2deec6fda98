// What became of a text, word by word: a shortest difference over words, with what stands between
// them kept. The one file that knows the difference library.
#ifndef DOORSTEP_MODEL_WORD_DIFF_H_
#define DOORSTEP_MODEL_WORD_DIFF_H_

#include <string_view>

#include "doorstep/v1/client.pb.h"
#include "google/protobuf/repeated_field.h"

namespace doorstep {

// Appends pieces in reading order. SAME and REMOVED pieces together are `before`, byte for byte,
// SAME and ADDED pieces are `after`. Where a text has more than 20,000 words, or the two
// are so unlike that a difference would take long, the whole is one piece removed and one added.
void AddWordDifference(std::string_view before, std::string_view after,
                       google::protobuf::RepeatedPtrField<v1::PlanDifference::Words>* words);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_WORD_DIFF_H_
