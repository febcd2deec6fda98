#include "model/programme_windows.h"

#include <algorithm>
#include <utility>

#include "model/value.h"

namespace doorstep {
namespace {

Day Cut(int64_t day) { return static_cast<Day>(std::clamp<int64_t>(day, kDateMin, kDateMax)); }

WindowDays DaysOfTerms(std::vector<TermCalendar::Term> terms, int count) {
  WindowDays window;
  if (static_cast<int>(terms.size()) < count) {
    window.fault = VerdictReason::kMissingCalendar;
    return window;
  }
  window.days = {terms.front().days.first, terms.back().days.last};
  window.terms = std::move(terms);
  return window;
}

WindowDays AfterClose(const Facts& facts, int days, Day as_of) {
  WindowDays window;
  if (!facts.closed.has_value() || int64_t{*facts.closed} + days > as_of) {
    window.fault = VerdictReason::kNotDue;
    return window;
  }
  window.days = {*facts.closed + 1, *facts.closed + days};
  return window;
}

}  // namespace

WindowDays ResolveWindow(const Window& window, const Facts& facts, Day as_of,
                         const TermCalendar& calendar) {
  switch (window.kind) {
    case WindowKind::kNone:
    case WindowKind::kByBenefit:
    case WindowKind::kAtDate:
      return {{as_of, as_of}, {}, std::nullopt};
    case WindowKind::kLastDays:
      return {{Cut(int64_t{as_of} - window.count + 1), as_of}, {}, std::nullopt};
    case WindowKind::kSinceStart:
      return {{facts.started, as_of}, {}, std::nullopt};
    case WindowKind::kEver:
      return {{kDateMin, as_of}, {}, std::nullopt};
    case WindowKind::kLastTerms:
      return DaysOfTerms(calendar.LatestEndedBy(as_of, window.count), window.count);
    case WindowKind::kAfterClose:
      return AfterClose(facts, window.count, as_of);
  }
  return {};
}

WindowDays ResolveBaseline(const Baseline& baseline, const DaySpan& window, const Facts& facts,
                           const TermCalendar& calendar) {
  switch (baseline.kind) {
    case BaselineKind::kNone:
    case BaselineKind::kAtStart:
      return {};
    case BaselineKind::kPrecedingEqualWindow: {
      Day last = Cut(int64_t{window.first} - 1);
      return {{Cut(int64_t{window.first} - window.Length()), last}, {}, std::nullopt};
    }
    case BaselineKind::kBeforeStart:
      return {{Cut(int64_t{facts.started} - baseline.count), Cut(int64_t{facts.started} - 1)},
              {},
              std::nullopt};
    case BaselineKind::kTermsBeforeStart:
      return DaysOfTerms(calendar.LatestEndedBy(Cut(int64_t{facts.started} - 1), baseline.count),
                         baseline.count);
  }
  return {};
}

}  // namespace doorstep
