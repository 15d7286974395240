const START = 1_700_000_000;
const MINUTE = 60;
const HOUR = 3600;

/** The points of the comparison, as line protocol with times in seconds, in an order in which no time is repeated within a series. */
export function lines(): string[] {
  return [...cpu(), ...weather(), ...FEW];
}

/** Values are multiples of a quarter, so that no sum of them is rounded. */
function quarters(seed: number, range: number): number {
  return ((seed * 7919) % (range * 4)) / 4;
}

/** Four hours of three series, of which one has a gap, and one lacks a tag. One field is seldom there. */
function* cpu(): Generator<string> {
  const series = ['host=a,region=eu', 'host=b,region=us', 'host=c'];
  for (let minute = 0; minute < 240; minute++)
    for (const [index, tags] of series.entries()) {
      if (index === 1 && minute >= 50 && minute < 95) continue;
      const seed = minute * 3 + index;
      const fields = [
        `usage=${16 + quarters(seed, 10)}`,
        `idle=${75 + quarters(seed * 5 + 1, 25)}`,
        ...(minute % 5 === index ? [`load=${quarters(seed, 4) - 1}`] : []),
        ...(minute % 4 === 0 ? [`ok=${seed % 3 === 0}`, `note="n ${seed % 10}"`] : []),
      ];
      yield `cpu,${tags} ${fields.join(',')} ${START + minute * MINUTE}`;
    }
}

/** Five days around the end of summer time in Europe, every hour. */
function* weather(): Generator<string> {
  const start = Date.UTC(2023, 9, 26, 12) / 1000;
  for (let hour = 0; hour < 120; hour++)
    for (const [index, site] of ['north', 'south'].entries())
      yield `weather,site=${site} temperature=${quarters(hour * 2 + index, 20) - 5} ${start + hour * HOUR}`;
}

/** Names with spaces, ties of times and values, signs, and kinds of values. */
const FEW = [
  ...['/var/log', '/', '/home/a b'].map(
    (path, index) =>
      `disk\\ usage,path=${path.replaceAll(' ', '\\ ')},dev\\ name=d${index} used\\ bytes=${index * 1000},wärme=${index + 0.5},quote"d=1 ${START + index}`,
  ),
  ...[
    ['x', 0, 'v=1,w=5'],
    ['x', 10, 'v=3'],
    ['x', 20, 'v=3,w=2'],
    ['x', 45, 'v=-1'],
    ['y', 0, 'v=2'],
    ['y', 10, 'v=3,w=1'],
    ['y', 12, 'w=9'],
    ['y', 45, 'v=8,w=8'],
    ['z', 30, 'v=8'],
  ].map(([tag, seconds, fields]) => `ties,k=${tag} ${fields} ${START + Number(seconds)}`),
  ...[-3.5, 2, 0, -3.5, 100.25, 0, 2].map((value, index) => `signs v=${value} ${START + index * 7}`),
  `single v=42 ${START}`,
  ...['start', 'stop', 'start', ''].map(
    (text, index) => `events,unit=u${index % 2} text="${text}",open=${index % 2 === 0} ${START + index * 15}`,
  ),
  `texts s="a, \\"b\\" \\\\ c",t="ä€😀",u="<&>" ${START}`,
  `same,type=tagged type="field" ${START}`,
  `same,type=other,name=n value=1 ${START + 1}`,
];
