#include "sync-server/office/match.h"

#include <algorithm>
#include <string_view>

#include "sync-server/office/names.h"

namespace doorstep::server {
namespace {

using Ground = v1::MatchGround;

constexpr int kReferencePoints = 100;

enum class Compared : uint8_t { kMissing, kEqual, kDifferent };

Compared Sets(const std::set<std::string>& a, const std::set<std::string>& b) {
  if (a.empty() || b.empty()) return Compared::kMissing;
  const bool shared =
      std::any_of(a.begin(), a.end(), [&](const std::string& value) { return b.contains(value); });
  return shared ? Compared::kEqual : Compared::kDifferent;
}

bool Share(const std::set<std::string>& a, const std::set<std::string>& b) {
  return Sets(a, b) == Compared::kEqual;
}

std::set<std::string> Outwards(const std::set<std::string>& postcodes) {
  std::set<std::string> outwards;
  for (const std::string& postcode : postcodes) {
    if (std::string outward = OutwardOf(postcode); !outward.empty()) outwards.insert(outward);
  }
  return outwards;
}

bool OneDigitDiffers(std::string_view a, std::string_view b) {
  int different = 0;
  for (size_t i = 0; i < a.size(); ++i) different += a[i] == b[i] ? 0 : 1;
  return different == 1;
}

std::string DayMonthExchanged(const std::string& digits) {
  return digits.substr(0, 4) + digits.substr(6, 2) + digits.substr(4, 2);
}

class Comparison {
 public:
  void Add(Ground::Kind kind, int points) {
    match_.points += points;
    Ground& ground = match_.grounds.emplace_back();
    ground.set_kind(kind);
    ground.set_points(points);
  }

  // UPN and NHS number are one row of the table: one of them equal is enough.
  void ChildNumbers(const Identity& a, const Identity& b) {
    const Compared upn = Sets(a.upns, b.upns);
    const Compared nhs = Sets(a.nhs_numbers, b.nhs_numbers);
    if (upn == Compared::kEqual) {
      Add(Ground::UPN_EQUAL, 60);
    } else if (nhs == Compared::kEqual) {
      Add(Ground::NHS_NUMBER_EQUAL, 60);
    } else if (upn == Compared::kDifferent) {
      Add(Ground::UPN_DIFFERENT, -60);
    } else if (nhs == Compared::kDifferent) {
      Add(Ground::NHS_NUMBER_DIFFERENT, -60);
    }
    Note(upn);
    Note(nhs);
  }

  void Number(Compared compared, Ground::Kind equal, int plus, Ground::Kind different, int minus) {
    if (compared == Compared::kEqual) Add(equal, plus);
    if (compared == Compared::kDifferent) Add(different, minus);
    Note(compared);
  }

  void Birth(const Identity& a, const Identity& b) {
    if (!a.birth_on || !b.birth_on) return;
    if (*a.birth_on == *b.birth_on) {
      match_.birth_equal = true;
      return Add(Ground::BIRTH_DATE_EQUAL, 20);
    }
    const std::string mine = DigitsOf(*a.birth_on);
    const std::string theirs = DigitsOf(*b.birth_on);
    if (DayMonthExchanged(mine) == theirs || OneDigitDiffers(mine, theirs)) {
      return Add(Ground::BIRTH_DATE_NEAR, 10);
    }
    Add(Ground::BIRTH_DATE_DIFFERENT, -30);
  }

  // The pair of names that fits best; a family name is compared with its own given name.
  void Names(const Identity& a, const Identity& b) {
    std::vector<Ground> best;
    int best_points = 0;
    for (const Identity::Name& mine : a.names) {
      for (const Identity::Name& theirs : b.names) {
        std::vector<Ground> pair;
        int points = 0;
        for (const Ground& ground :
             {Family(mine.family, theirs.family), Given(mine.given, theirs.given)}) {
          if (ground.points() == 0) continue;
          points += ground.points();
          pair.push_back(ground);
        }
        if (!pair.empty() && (best.empty() || points > best_points)) {
          best = std::move(pair);
          best_points = points;
        }
      }
    }
    for (const Ground& ground : best) Add(ground.kind(), ground.points());
  }

  void Place(const Identity& a, const Identity& b) {
    if (a.address == AddressMay::kNotCount || b.address == AddressMay::kNotCount) return;
    if (Share(a.uprns, b.uprns)) return Add(Ground::UPRN_EQUAL, 10);
    if (Share(a.postcodes, b.postcodes)) return Add(Ground::POSTCODE_EQUAL, 8);
    if (Share(Outwards(a.postcodes), Outwards(b.postcodes))) {
      Add(Ground::OUTWARD_POSTCODE_EQUAL, 2);
    }
  }

  Match Take() { return std::move(match_); }

 private:
  static Ground Of(Ground::Kind kind, int points) {
    Ground ground;
    ground.set_kind(kind);
    ground.set_points(points);
    return ground;
  }

  static Ground Family(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return Ground();
    if (a == b) return Of(Ground::FAMILY_NAME_EQUAL, 12);
    return IsNear(a, b) ? Of(Ground::FAMILY_NAME_NEAR, 7) : Of(Ground::FAMILY_NAME_DIFFERENT, -10);
  }

  static Ground Given(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return Ground();
    if (a == b) return Of(Ground::GIVEN_NAME_EQUAL, 10);
    const std::string& shorter = a.size() < b.size() ? a : b;
    const std::string& longer = a.size() < b.size() ? b : a;
    const bool begins = (shorter.size() >= 3 || shorter.size() == 1) && longer.starts_with(shorter);
    return begins || IsNear(a, b) ? Of(Ground::GIVEN_NAME_NEAR, 5)
                                  : Of(Ground::GIVEN_NAME_DIFFERENT, -8);
  }

  void Note(Compared compared) {
    if (compared == Compared::kEqual) match_.identifier_equal = true;
    if (compared == Compared::kDifferent) match_.identifier_different = true;
  }

  Match match_;
};

}  // namespace

Match Compare(const Identity& asked, const Identity& known) {
  Comparison comparison;
  comparison.ChildNumbers(asked, known);
  comparison.Number(Sets(asked.ninos, known.ninos), Ground::NINO_EQUAL, 50, Ground::NINO_DIFFERENT,
                    -60);
  comparison.Number(Sets(asked.la_child_ids, known.la_child_ids), Ground::LA_CHILD_ID_EQUAL, 40,
                    Ground::LA_CHILD_ID_DIFFERENT, -40);
  comparison.Birth(asked, known);
  comparison.Names(asked, known);
  const bool sexes_known = asked.sex != Sex::kUnknown && known.sex != Sex::kUnknown;
  if (sexes_known && asked.sex != known.sex) comparison.Add(Ground::SEX_DIFFERENT, -8);
  comparison.Place(asked, known);
  return comparison.Take();
}

Match KnownByReference() {
  Comparison comparison;
  comparison.Add(Ground::ASK_REF_KNOWN, kReferencePoints);
  Match match = comparison.Take();
  match.identifier_equal = true;
  return match;
}

v1::FamilyHit::Band BandOf(const Match& match, const Thresholds& thresholds) {
  if (match.points >= thresholds.likely && (match.identifier_equal || match.birth_equal) &&
      !match.identifier_different) {
    return v1::FamilyHit::LIKELY;
  }
  return match.points >= thresholds.possible ? v1::FamilyHit::POSSIBLE
                                             : v1::FamilyHit::BAND_UNSPECIFIED;
}

std::set<std::string> BirthDigitsNear(const std::string& digits) {
  std::set<std::string> near = {digits, DayMonthExchanged(digits)};
  for (size_t at = 0; at < digits.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string changed = digits;
      changed[at] = digit;
      near.insert(changed);
    }
  }
  return near;
}

}  // namespace doorstep::server
