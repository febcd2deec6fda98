// The stored form of a record: read back exactly, or not at all.
#include "model/merge.h"
#include "model/record.h"
#include "model/value.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {

std::vector<std::string> Seeds() {
  Record record;
  v1::FieldWrite write;
  write.set_value(EncodeBytes(3, "words"));
  v1::OpId* named = write.add_overwrites();
  named->set_uid(std::string(16, 'n'));
  for (uint8_t i = 1; i < 4; ++i) {
    MergeWrite(record.cells[i], write, {{Hash16{i}}, i}, {Hash16{9}}, i);
  }
  return {EncodeCells(record)};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  absl::StatusOr<std::map<uint32_t, Cell>> cells = DecodeCells(Input(data, size));
  if (!cells.ok()) return 0;
  Record record;
  record.cells = *cells;
  Require(EncodeCells(record) == Input(data, size), "cells changed when written again");
  return 0;
}
