// Stored cells that break off right after a field number out of order were read as whole.
#include <catch2/catch_test_macros.hpp>

#include "model/merge.h"
#include "model/record.h"

namespace doorstep {

TEST_CASE("stored cells that end in a field number out of order are damaged") {
  Record record;
  MergeWrite(record.cells[5], v1::FieldWrite(), {{Hash16{1}}, 0}, {}, 1);
  std::string bytes = EncodeCells(record);
  REQUIRE(DecodeCells(bytes).ok());
  AppendU32(bytes, 5);
  CHECK_FALSE(DecodeCells(bytes).ok());
}

}  // namespace doorstep
