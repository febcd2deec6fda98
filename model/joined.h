// Text from pieces: strings, views and whole numbers, one after the other. (Abseil's StrCat takes
// no std::string_view where it was built without it.)
#ifndef DOORSTEP_MODEL_JOINED_H_
#define DOORSTEP_MODEL_JOINED_H_

#include <concepts>
#include <string>
#include <string_view>

namespace doorstep {

inline void AppendPiece(std::string& out, std::string_view piece) { out += piece; }
inline void AppendPiece(std::string& out, char piece) { out += piece; }
template <std::integral T>
void AppendPiece(std::string& out, T piece) {
  out += std::to_string(piece);
}

template <typename... Pieces>
std::string Joined(const Pieces&... pieces) {
  std::string out;
  (AppendPiece(out, pieces), ...);
  return out;
}

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_JOINED_H_
