import type { Cell } from './answer';

type Next = (at: number, value: Cell) => number | undefined;

/** The function of one value after the other, with a state of its own. Only the first of several values of one time has a difference. */
export function transformation(name: string, setting: number): Next {
  switch (name) {
    case 'derivative':
      return differences((change, millis) => change / (millis / setting));
    case 'non_negative_derivative':
      return differences((change, millis) => (change < 0 ? undefined : change / (millis / setting)));
    case 'difference':
      return differences((change) => change);
    case 'non_negative_difference':
      return differences((change) => (change < 0 ? undefined : change));
    case 'moving_average':
      return movingAverage(setting);
    case 'cumulative_sum':
      return cumulativeSum();
    default:
      return elapsed(setting);
  }
}

function differences(of: (change: number, millis: number) => number | undefined): Next {
  let before: { readonly at: number; readonly value: number } | undefined;
  return (at, value) => {
    if (typeof value !== 'number' || before?.at === at) return undefined;
    const last = before;
    before = { at, value };
    return last && of(value - last.value, Math.abs(at - last.at));
  };
}

function movingAverage(count: number): Next {
  const values: number[] = [];
  let next = 0;
  let sum = 0;
  return (_, value) => {
    if (typeof value !== 'number') return undefined;
    sum += value - (values[next] ?? 0);
    values[next] = value;
    next = (next + 1) % count;
    return values.length < count ? undefined : sum / count;
  };
}

function cumulativeSum(): Next {
  let sum = 0;
  return (_, value) => (typeof value === 'number' ? (sum += value) : undefined);
}

function elapsed(unit: number): Next {
  let before: number | undefined;
  return (at) => {
    const last = before;
    before = at;
    return last === undefined ? undefined : Math.trunc((at - last) / unit);
  };
}
