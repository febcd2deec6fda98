#include "client-core/client/picture.h"

#include <libexif/exif-data.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "crypto/reason.h"

namespace doorstep::client {
namespace {

constexpr std::string_view kJpegBegin = "\xFF\xD8\xFF";
constexpr std::string_view kPngBegin = "\x89PNG\r\n\x1A\n";
constexpr size_t kPngFrameBytes = 12;  // length 4, name 4, CRC 4

absl::Status Unreadable() {
  return MakeStatus(Reason::kFormat,
                    "this picture cannot be read, so nothing can be cut out of it");
}

// 1 to 8 as EXIF counts them; 1, as it stands, where nothing sensible is said.
int OrientationOf(std::string_view jpeg) {
  std::unique_ptr<ExifData, decltype(&exif_data_unref)> data(exif_data_new(), &exif_data_unref);
  if (data == nullptr) return 1;
  exif_data_load_data(data.get(), reinterpret_cast<const unsigned char*>(jpeg.data()),
                      static_cast<unsigned int>(jpeg.size()));
  ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

// An EXIF segment that says which way up, and nothing else.
std::string OrientationSegment(int orientation) {
  std::string segment(
      "\xFF\xE1\x00\x22"
      "Exif\0\0"
      "II*\0\x08\0\0\0"
      "\x01\0"
      "\x12\x01\x03\0"
      "\x01\0\0\0",
      28);
  segment += static_cast<char>(orientation);
  segment.append(7, '\0');
  return segment;
}

absl::StatusOr<std::string> StripJpeg(std::string_view bytes) {
  std::unique_ptr<void, decltype(&tjDestroy)> handle(tjInitTransform(), &tjDestroy);
  if (handle == nullptr) return MakeStatus(Reason::kNoMemory, "no memory to read a picture");
  tjtransform as_it_is{};
  as_it_is.op = TJXOP_NONE;
  as_it_is.options = TJXOPT_COPYNONE;
  unsigned char* out = nullptr;
  unsigned long size = 0;
  const int failed = tjTransform(handle.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                 static_cast<unsigned long>(bytes.size()), 1, &out, &size,
                                 &as_it_is, TJFLAG_LIMITSCANS);
  std::unique_ptr<unsigned char, decltype(&tjFree)> owned(out, &tjFree);
  // A picture that is cut short is told as a warning; the rest of it would be grey.
  if (failed != 0 && tjGetErrorCode(handle.get()) != TJERR_WARNING) return Unreadable();
  std::string stripped(reinterpret_cast<const char*>(out), size);
  if (!stripped.starts_with(kJpegBegin)) return Unreadable();
  const int orientation = OrientationOf(bytes);
  if (orientation != 1) stripped.insert(2, OrientationSegment(orientation));
  return stripped;
}

uint32_t BigEndian(std::string_view bytes) {
  uint32_t number = 0;
  for (char byte : bytes.substr(0, 4)) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

// What it takes to draw it. Everything else may tell a story: text, EXIF, time, a maker's own.
bool Draws(std::string_view name) {
  static constexpr std::array<std::string_view, 15> kKept = {
      "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP",
      "sBIT", "sRGB", "bKGD", "hIST", "pHYS", "acTL", "fcTL"};
  return std::find(kKept.begin(), kKept.end(), name) != kKept.end() || name == "fdAT";
}

absl::StatusOr<std::string> StripPng(std::string_view bytes) {
  std::string stripped(kPngBegin);
  bytes.remove_prefix(kPngBegin.size());
  for (;;) {
    if (bytes.size() < kPngFrameBytes) return Unreadable();
    const uint64_t length = uint64_t{BigEndian(bytes)} + kPngFrameBytes;
    if (length > bytes.size()) return Unreadable();
    const std::string_view chunk = bytes.substr(0, static_cast<size_t>(length));
    const std::string_view name = chunk.substr(4, 4);
    if (Draws(name)) stripped += chunk;
    bytes.remove_prefix(chunk.size());
    if (name == "IEND") return stripped;  // what lies behind it is left away
  }
}

}  // namespace

PictureKind PictureKindOf(std::string_view bytes) {
  if (bytes.starts_with(kJpegBegin)) return PictureKind::kJpeg;
  if (bytes.starts_with(kPngBegin)) return PictureKind::kPng;
  return PictureKind::kNone;
}

absl::StatusOr<std::string> StripPicture(std::string_view bytes) {
  switch (PictureKindOf(bytes)) {
    case PictureKind::kJpeg:
      return StripJpeg(bytes);
    case PictureKind::kPng:
      return StripPng(bytes);
    case PictureKind::kNone:
      break;
  }
  return std::string(bytes);
}

}  // namespace doorstep::client
