import { tokensOf, type Token } from './tokens';

/** A unit as a multiple of its base unit: `kW` is 10^3 `W`. */
export interface Unit {
  readonly base: string;
  /** The power of ten. */
  readonly power: number;
  /** A further factor: 1 except for minutes, hours, days and powers of 1024. */
  readonly times: number;
}

const PREFIXES: Readonly<Record<string, readonly [number, string]>> = {
  ...{ p: [-12, 'pico'], n: [-9, 'nano'], µ: [-6, 'micro'], u: [-6, 'micro'], m: [-3, 'milli'], c: [-2, 'centi'] },
  ...{ d: [-1, 'deci'], h: [2, 'hecto'], k: [3, 'kilo'], M: [6, 'mega'], G: [9, 'giga'], T: [12, 'tera'] },
};
const BINARY: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 };

/** Symbols, words and their common prefixes. Words take the prefix in full: `kilowatt`. */
const PREFIXED: readonly (readonly [symbols: string, words: string, prefixes: string])[] = [
  ['W', 'watt watts', 'µumkMGT'],
  ['Wh', 'watthour watthours', 'mkMGT'],
  ['VA', '', 'mkM'],
  ['var', '', 'kM'],
  ['J', 'joule joules', 'mkMG'],
  ['cal', 'calorie calories', 'k'],
  ['V', 'volt volts', 'µumkM'],
  ['A', 'amp amps ampere amperes', 'nµumkM'],
  ['Ah', 'amp-hours', 'mk'],
  ['Ω', 'ohm ohms', 'mkM'],
  ['F', 'farad farads', 'pnµum'],
  ['Hz', 'hertz', 'kMGT'],
  ['Pa', 'pascal pascals', 'hkMG'],
  ['bar', 'bars', 'm'],
  ['m', 'meter meters metre metres', 'nµumcdk'],
  ['g', 'gram grams gramme grammes', 'nµumk'],
  ['t', 'ton tons tonne tonnes', 'k'],
  ['l', 'liter liters litre litres', 'µumcdh'],
  ['N', 'newton newtons', 'mkM'],
  ['bit/s bps b/s', '', 'kMGT'],
  ['B', 'byte bytes', 'kMGT'],
  ['B/s', '', 'kMGT'],
  ['g/m³ g/m3', '', 'nµum'],
  ['g/l', '', 'nµumk'],
  ['l/min', '', 'm'],
  ['l/h', '', 'm'],
  ['S/cm', '', 'µum'],
  ['Sv/h', '', 'nµum'],
  ['mol/l', '', 'nµum'],
  ['W/m² W/m2', '', 'mk'],
  ['lm', 'lumen lumens', 'k'],
];
/** Units without prefixes, with all their spellings. The first one is the symbol. */
const PLAIN: readonly (readonly string[])[] = [
  ['°C', 'C', 'celsius', 'degree celsius', 'degrees celsius', 'degrees C', 'deg C', 'degC', '℃'],
  ['°F', 'F', 'fahrenheit', 'degree fahrenheit', 'degrees fahrenheit', 'degrees F', 'deg F', 'degF', '℉'],
  ['K', 'kelvin', 'kelvins'],
  ['°', 'deg', 'degree', 'degrees'],
  ['%', 'percent', 'per cent', 'pct', '%RH', '% RH'],
  ...[
    ['rpm'],
    ['bpm'],
    ['psi'],
    ['mmHg'],
    ['inHg'],
    ['atm'],
    ['in', 'inch', 'inches'],
    ['ft', 'feet'],
    ['mi', 'miles'],
  ],
  ...[
    ['m²', 'm2'],
    ['m³', 'm3', 'cubic meters', 'cubic metres'],
    ['m³/h', 'm3/h'],
    ['gal', 'gallons'],
    ['km/h', 'kmh', 'kph'],
  ],
  ...[['m/s'], ['mph', 'miles per hour'], ['kn', 'kt', 'knots'], ['m/s²', 'm/s2'], ['mm/h'], ['lb', 'lbs', 'pounds']],
  ...[['oz', 'ounces'], ['Nm'], ['ppm'], ['ppb'], ['ppt'], ['pH'], ['NTU'], ['lx', 'lux'], ['µmol/m²/s'], ['rad']],
  ...[['dB', 'decibels'], ['dBA'], ['dBm'], ['€', 'EUR', 'euro', 'euros'], ['$', 'USD', 'dollars']],
  ['£', 'GBP', 'pounds sterling'],
];
/** Spellings that the tables above do not produce. */
const MORE: readonly (readonly [spelling: string, symbol: string])[] = [
  ['watt hour', 'Wh'],
  ['watt hours', 'Wh'],
  ['kilowatt hour', 'kWh'],
  ['kilowatt hours', 'kWh'],
  ['megawatt hours', 'MWh'],
];
const TIMES: readonly (readonly [seconds: number, spellings: string])[] = [
  [1, 's sec secs second seconds'],
  [60, 'min mins minute minutes'],
  [3600, 'h hr hrs hour hours'],
  [86_400, 'd day days'],
];

/** One spelling of a unit. */
export interface UnitSpelling {
  readonly tokens: readonly Token[];
  readonly unit: Unit;
}

let known: ReadonlyMap<string, readonly UnitSpelling[]> | undefined;

/** The spellings that start with a word in lower case, the longest first. The index is built on first use. */
export function spellingsFrom(word: string): readonly UnitSpelling[] {
  known ??= indexed(allUnits());
  return known.get(word) ?? [];
}

function* allUnits(): Generator<readonly [spelling: string, unit: Unit]> {
  for (const spellings of PLAIN)
    for (const spelling of spellings) yield [spelling, { base: spellings[0] ?? spelling, power: 0, times: 1 }];
  for (const [symbols, words, prefixes] of PREFIXED) {
    const base = symbols.split(' ')[0] ?? symbols;
    const own = { base, power: 0, times: 1 };
    for (const spelling of [...symbols.split(' '), ...words.split(' ').filter(Boolean)]) yield [spelling, own];
    for (const prefix of prefixes) {
      const [power, name] = PREFIXES[prefix] ?? [0, ''];
      const unit = { base, power, times: 1 };
      for (const symbol of symbols.split(' ')) yield [prefix + symbol, unit];
      for (const word of words.split(' ').filter(Boolean)) yield [name + word, unit];
    }
  }
  for (const base of ['B', 'B/s'])
    for (const [prefix, times] of Object.entries(BINARY)) yield [prefix + base, { base, power: 0, times }];
  for (const [times, spellings] of TIMES)
    for (const spelling of spellings.split(' ')) yield [spelling, { base: 's', power: 0, times }];
  for (const [spelling, power] of [
    ['ms', -3],
    ['milliseconds', -3],
    ['µs', -6],
    ['us', -6],
    ['ns', -9],
  ] as const)
    yield [spelling, { base: 's', power, times: 1 }];
  for (const [spelling, symbol] of MORE) {
    const prefix = symbol.slice(0, -'Wh'.length);
    yield [spelling, { base: 'Wh', power: PREFIXES[prefix]?.[0] ?? 0, times: 1 }];
  }
}

function indexed(units: Iterable<readonly [string, Unit]>): ReadonlyMap<string, readonly UnitSpelling[]> {
  const index = new Map<string, UnitSpelling[]>();
  for (const [spelling, unit] of units) {
    const tokens = tokensOf(spelling);
    const first = tokens[0]?.word ?? '';
    index.set(first, [...(index.get(first) ?? []), { tokens, unit }]);
  }
  for (const spellings of index.values()) spellings.sort((one, other) => other.tokens.length - one.tokens.length);
  return index;
}
