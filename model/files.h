// Whether what travels beside records has arrived. Asked by the judge, answered by whoever keeps
// the chunks.
#ifndef DOORSTEP_MODEL_FILES_H_
#define DOORSTEP_MODEL_FILES_H_

#include <string_view>

#include "model/record_id.h"

namespace doorstep {

class ArrivedFiles {
 public:
  virtual ~ArrivedFiles() = default;
  // Whether every chunk of the file with this content id is there. False too when it cannot be
  // read; the implementation remembers why.
  virtual bool Has(const Id& scope, std::string_view content) const = 0;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_FILES_H_
