#include "sim/byte_codec.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

std::string Sample() {
  ByteWriter writer;
  writer.U8(1).U32(0xfffffffe).U64(UINT64_MAX).I64(-5).Text("abc").Text("").Rest("rest");
  return writer.Take();
}

TEST(ByteCodec, ReadsWhatWasWritten) {
  const std::string bytes = Sample();
  ByteReader reader(bytes);
  EXPECT_EQ(reader.U8(), 1);
  EXPECT_EQ(reader.U32(), 0xfffffffe);
  EXPECT_EQ(reader.U64(), UINT64_MAX);
  EXPECT_EQ(reader.I64(), -5);
  EXPECT_EQ(reader.Text(), "abc");
  EXPECT_EQ(reader.Text(), "");
  EXPECT_FALSE(reader.is_done());
  EXPECT_EQ(reader.Rest(), "rest");
  EXPECT_TRUE(reader.is_done());
}

TEST(ByteCodec, EveryCutIsNoticed) {
  const std::string bytes = Sample();
  const std::size_t without_rest = bytes.size() - 4;
  for (std::size_t size = 0; size < without_rest; ++size) {
    ByteReader reader(std::string_view(bytes).substr(0, size));
    reader.U8();
    reader.U32();
    reader.U64();
    reader.I64();
    reader.Text();
    reader.Text();
    EXPECT_FALSE(reader.ok()) << size;
    EXPECT_EQ(reader.U64(), 0u);
    EXPECT_EQ(reader.Text(), "");
    EXPECT_EQ(reader.Rest(), "");
  }
}

}  // namespace
}  // namespace sim
