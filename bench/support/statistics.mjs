// From rounds to figures.

/** The middle of these numbers; of an even count, the mean of the middle two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

/**
 * Measures every side once a round, in turn, so that what the machine does meanwhile falls on all of them alike. The
 * first round warms up and is not counted.
 *
 * @param sides name → a function that measures once and gives `{ perSecond, answered, cpuSeconds }`
 * @returns name → its rounds
 */
export async function measureInTurn(sides, rounds, tell = () => {}) {
  const measured = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, measure] of Object.entries(sides)) {
      const result = await measure();
      if (round > 0) measured[name].push(result);
      tell(`${round === 0 ? 'warm-up' : `round ${round}`}: ${name} ${Math.round(result.perSecond)}/s`);
    }
  }
  return measured;
}

/** Median of the ratios of paired rounds, with minimum and maximum. */
export function ratioOf(ours, theirs) {
  const ratios = ours.map((round, index) => round.perSecond / theirs[index].perSecond);
  return { ratio: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

export function perSecondOf(rounds) {
  return median(rounds.map((round) => round.perSecond));
}

/** CPU seconds of the server for 1000 requests, over all rounds, since one round is too short for the resolution of the kernel's clock. */
export function cpuPerThousandOf(rounds) {
  const sum = (name) => rounds.reduce((total, round) => total + round[name], 0);
  return (sum('cpuSeconds') / sum('answered')) * 1000;
}
