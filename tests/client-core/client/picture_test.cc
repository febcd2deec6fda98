// A photograph as a telephone makes it, made here: with a place in EXIF, in XMP, in IPTC, in a
// comment and behind the end. What comes out of the core must tell none of it.
#include "client-core/client/picture.h"

#include <libexif/exif-data.h>
#include <turbojpeg.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/reason.h"

namespace doorstep::client {
namespace {

constexpr int kSide = 40;  // no multiple of a block: the edge must come through too

std::string U16(uint32_t value) {
  return {static_cast<char>(value & 255), static_cast<char>(value >> 8 & 255)};
}
std::string U32(uint32_t value) { return U16(value & 0xFFFF) + U16(value >> 16); }
std::string Big16(size_t value) {
  return {static_cast<char>(value >> 8 & 255), static_cast<char>(value & 255)};
}

// A TIFF with orientation, maker and a position.
std::string Exif(int orientation) {
  std::string tiff = std::string("II*\0", 4) + U32(8);
  const uint32_t gps_at = 8 + 2 + 3 * 12 + 4, maker_at = gps_at + 2 + 2 * 12 + 4,
                 latitude_at = maker_at + 16;
  tiff += U16(3);
  tiff += U16(0x010F) + U16(2) + U32(16) + U32(maker_at);
  tiff += U16(0x0112) + U16(3) + U32(1) + U32(static_cast<uint32_t>(orientation));
  tiff += U16(0x8825) + U16(4) + U32(1) + U32(gps_at);
  tiff += U32(0);
  tiff += U16(2);
  tiff += U16(1) + U16(2) + U32(2) + std::string("N\0\0\0", 4);
  tiff += U16(2) + U16(5) + U32(3) + U32(latitude_at);
  tiff += U32(0);
  tiff += std::string("CANARY-CAMERA-1\0", 16);
  for (uint32_t part : {53u, 24u, 36u}) tiff += U32(part) + U32(1);
  return std::string("Exif\0\0", 6) + tiff;
}

std::string Segment(unsigned char marker, const std::string& body) {
  return std::string("\xFF") + static_cast<char>(marker) + Big16(body.size() + 2) + body;
}

std::string PlainJpeg() {
  std::vector<unsigned char> pixels;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      pixels.push_back(static_cast<unsigned char>(x * 6));
      pixels.push_back(static_cast<unsigned char>(y * 6));
      pixels.push_back(static_cast<unsigned char>((x * y) % 251));
    }
  }
  tjhandle handle = tjInitCompress();
  unsigned char* out = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(handle, pixels.data(), kSide, 0, kSide, TJPF_RGB, &out, &size, TJSAMP_420, 85,
                      0) == 0);
  std::string jpeg(reinterpret_cast<const char*>(out), size);
  tjFree(out);
  tjDestroy(handle);
  return jpeg;
}

std::string Photograph(int orientation) {
  std::string jpeg = PlainJpeg();
  const std::string xmp = std::string("http://ns.adobe.com/xap/1.0/") + '\0' +
                          "<x:xmpmeta><exif:GPSLatitude>CANARY-XMP-53,24N</exif:GPSLatitude>";
  const std::string more =
      Segment(0xE1, Exif(orientation)) + Segment(0xE1, xmp) +
      Segment(0xE1, std::string("http://ns.adobe.com/xmp/extension/") + '\0' + "CANARY-XMP-MORE") +
      Segment(0xED, std::string("Photoshop 3.0") + '\0' + "8BIM CANARY-IPTC-Sample-Street") +
      Segment(0xE2, std::string("MPF") + '\0' + "CANARY-MPF") + Segment(0xE5, "CANARY-MAKER") +
      Segment(0xFE, "CANARY-COMMENT");
  jpeg.insert(2, more);
  return jpeg + "CANARY-BEHIND-THE-END" + PlainJpeg();
}

std::vector<unsigned char> Pixels(const std::string& jpeg) {
  tjhandle handle = tjInitDecompress();
  int width = 0, height = 0, sampling = 0, space = 0;
  REQUIRE(tjDecompressHeader3(handle, reinterpret_cast<const unsigned char*>(jpeg.data()),
                              jpeg.size(), &width, &height, &sampling, &space) == 0);
  REQUIRE((width == kSide && height == kSide));
  std::vector<unsigned char> pixels(3 * kSide * kSide);
  REQUIRE(tjDecompress2(handle, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size(),
                        pixels.data(), kSide, 0, kSide, TJPF_RGB, 0) == 0);
  tjDestroy(handle);
  return pixels;
}

struct Read {
  int orientation = 0;
  unsigned int entries = 0;
  bool has_position = false;
};
Read ReadExif(const std::string& jpeg) {
  Read read;
  ExifData* data = exif_data_new();
  // Only what is there: else it adds what the standard wants.
  exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_load_data(data, reinterpret_cast<const unsigned char*>(jpeg.data()),
                      static_cast<unsigned int>(jpeg.size()));
  ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry != nullptr) {
    read.orientation = exif_get_short(entry->data, exif_data_get_byte_order(data));
  }
  read.entries = data->ifd[EXIF_IFD_0]->count;
  read.has_position = data->ifd[EXIF_IFD_GPS]->count > 0;
  exif_data_unref(data);
  return read;
}

std::string Stripped(const std::string& picture) {
  absl::StatusOr<std::string> stripped = StripPicture(picture);
  REQUIRE(stripped.ok());
  return *std::move(stripped);
}

std::string Chunk(std::string_view name, const std::string& body) {
  std::string chunk;
  for (int shift : {24, 16, 8, 0}) chunk += static_cast<char>(body.size() >> shift & 255);
  return chunk + std::string(name) + body + "crc.";
}

}  // namespace

TEST_CASE("a photograph leaves without place, time, maker, comment or thumbnail") {
  const std::string photograph = Photograph(6);
  // What the test itself put in is there to be found.
  REQUIRE(ReadExif(photograph).has_position);
  REQUIRE(photograph.find("CANARY") != std::string::npos);
  const std::string stripped = Stripped(photograph);
  CHECK(stripped.find("CANARY") == std::string::npos);
  CHECK(stripped.find("adobe") == std::string::npos);
  CHECK_FALSE(ReadExif(stripped).has_position);
}

TEST_CASE("the picture itself is the same, pixel by pixel, and still stands the right way up") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const std::string stripped = Stripped(Photograph(orientation));
    CHECK(Pixels(stripped) == Pixels(PlainJpeg()));
    const Read read = ReadExif(stripped);
    CHECK(read.orientation == (orientation == 1 ? 0 : orientation));
    CHECK(read.entries == (orientation == 1 ? 0u : 1u));
  }
}

TEST_CASE("an orientation that is none is left away") {
  for (int orientation : {0, 9, 65535}) {
    CHECK(ReadExif(Stripped(Photograph(orientation))).entries == 0);
  }
}

TEST_CASE("stripping twice changes nothing more") {
  const std::string once = Stripped(Photograph(8));
  CHECK(Stripped(once) == once);
}

TEST_CASE("what begins like a picture and cannot be read is refused, not passed on") {
  const std::string photograph = Photograph(3);
  for (size_t length : {size_t{3}, size_t{20}, size_t{200}}) {
    CAPTURE(length);
    CHECK(ReasonOf(StripPicture(photograph.substr(0, length)).status()) == Reason::kFormat);
  }
  CHECK(ReasonOf(StripPicture("\xFF\xD8\xFF garbage, and a place: 53.4N").status()) ==
        Reason::kFormat);
  CHECK(ReasonOf(StripPicture("\x89PNG\r\n\x1A\n cut").status()) == Reason::kFormat);
}

TEST_CASE("of a PNG only what draws it is kept") {
  const std::string begin = "\x89PNG\r\n\x1A\n";
  const std::string drawn = Chunk("IHDR", std::string(13, 'h')) + Chunk("gAMA", "gggg");
  const std::string end = Chunk("IDAT", "pixels") + Chunk("IEND", "");
  const std::string png =
      begin + drawn + Chunk("eXIf", "CANARY-EXIF") + Chunk("iTXt", "XML:com.adobe.xmp CANARY-XMP") +
      Chunk("tIME", "CANARY-T") + Chunk("tEXt", "CANARY-TEXT") + end + "CANARY-BEHIND";
  CHECK(Stripped(png) == begin + drawn + end);
}

TEST_CASE("other files are left as they are") {
  const std::string letter = "%PDF-1.4 a letter that speaks of \xFF\xD8\xFF";
  CHECK(PictureKindOf(letter) == PictureKind::kNone);
  CHECK(Stripped(letter) == letter);
}

}  // namespace doorstep::client
