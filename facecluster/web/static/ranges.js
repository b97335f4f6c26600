// Places chosen in a long list, as sorted ranges [first, last], both within, that do not touch each other.

/** How many places the ranges hold. */
export const size = (ranges) => ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Whether a place is in the ranges. */
export const holds = (ranges, place) => ranges.some(([first, last]) => first <= place && place <= last);

/** The ranges with the places from first to last too. */
export function withRange(ranges, first, last) {
  const apart = ranges.filter(([start, end]) => end < first - 1 || start > last + 1);
  const touched = ranges.filter((range) => !apart.includes(range));
  const joined = [
    Math.min(first, ...touched.map(([start]) => start)),
    Math.max(last, ...touched.map(([, end]) => end)),
  ];
  return [...apart, joined].sort(([one], [other]) => one - other);
}

/** The ranges without the places from first to last. */
export const withoutRange = (ranges, first, last) =>
  ranges.flatMap(([start, end]) => {
    if (end < first || start > last) return [[start, end]];
    return [[start, first - 1], [last + 1, end]].filter(([from, to]) => from <= to);
  });

/** The places that are in one of two, not in both. */
export const differing = (one, other) => [...without(one, other), ...without(other, one)];

const without = (ranges, others) => others.reduce((rest, [first, last]) => withoutRange(rest, first, last), ranges);
