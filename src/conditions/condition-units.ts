import { tokensOf, type Token } from './condition-tokens';

/** Each unit in the ways in which it is written, the symbol first. */
const WAYS: readonly (readonly string[])[] = [
  ['°C', 'C', 'celsius', 'degree celsius', 'degrees celsius', 'degrees C', 'deg C', 'degC', '℃'],
  ['°F', 'F', 'fahrenheit', 'degree fahrenheit', 'degrees fahrenheit', 'degrees F', 'deg F', 'degF', '℉'],
  ['K', 'kelvin', 'kelvins'],
  ['°', 'deg', 'degree', 'degrees'],
  ['%', 'percent', 'per cent', 'pct', '%RH', '% RH'],
  ...[
    ['mW', 'milliwatt', 'milliwatts'],
    ['W', 'watt', 'watts'],
    ['kW', 'kilowatt', 'kilowatts'],
    ['MW', 'megawatts'],
  ],
  ...[
    ['Wh', 'watt hours'],
    ['kWh', 'kilowatt hour', 'kilowatt hours'],
    ['VA'],
    ['kVA'],
    ['J', 'joules'],
    ['kJ'],
    ['cal'],
  ],
  ...[
    ['mV', 'millivolt', 'millivolts'],
    ['V', 'volt', 'volts'],
    ['kV', 'kilovolts'],
  ],
  ...[['µA'], ['mA', 'milliamps'], ['A', 'amp', 'amps', 'ampere', 'amperes'], ['Ah'], ['mAh'], ['Ω', 'ohm', 'ohms']],
  ...[['Hz', 'hertz'], ['kHz', 'kilohertz'], ['MHz', 'megahertz'], ['GHz', 'gigahertz'], ['rpm'], ['bpm']],
  ...[['Pa', 'pascal', 'pascals'], ['hPa', 'hectopascal', 'hectopascals'], ['kPa', 'kilopascals'], ['MPa']],
  ...[['mbar', 'millibar', 'millibars'], ['bar', 'bars'], ['psi'], ['mmHg'], ['inHg'], ['atm']],
  ...[['µm'], ['mm', 'millimeters', 'millimetres'], ['cm', 'centimeters', 'centimetres'], ['in', 'inch', 'inches']],
  ...[
    ['m', 'meter', 'meters', 'metre', 'metres'],
    ['km', 'kilometers', 'kilometres'],
    ['ft', 'feet'],
    ['mi', 'miles'],
  ],
  ...[['m²', 'm2'], ['m³', 'm3', 'cubic meters', 'cubic metres'], ['m³/h', 'm3/h'], ['l/min'], ['l/h'], ['ml/min']],
  ...[
    ['ml', 'milliliters', 'millilitres'],
    ['l', 'liter', 'liters', 'litre', 'litres'],
    ['gal', 'gallons'],
  ],
  ...[['m/s'], ['km/h', 'kmh', 'kph'], ['mph', 'miles per hour'], ['kn', 'kt', 'knots'], ['m/s²', 'm/s2'], ['mm/h']],
  ...[['µg'], ['mg', 'milligrams'], ['g', 'gram', 'grams'], ['kg', 'kilogram', 'kilograms'], ['t', 'tons', 'tonnes']],
  ...[
    ['lb', 'lbs', 'pounds'],
    ['oz', 'ounces'],
    ['N', 'newtons'],
    ['Nm'],
    ['µg/m³', 'ug/m3', 'µg/m3'],
    ['mg/m³', 'mg/m3'],
  ],
  ...[
    ['mg/l'],
    ['g/l'],
    ['ppm'],
    ['ppb'],
    ['ppt'],
    ['pH'],
    ['NTU'],
    ['µS/cm', 'uS/cm'],
    ['mS/cm'],
    ['lx', 'lux'],
    ['lm'],
  ],
  ...[['W/m²', 'W/m2'], ['µmol/m²/s'], ['dB', 'decibels'], ['dBA'], ['dBm'], ['µSv/h', 'uSv/h']],
  ...[
    ['ms', 'milliseconds'],
    ['s', 'sec', 'second', 'seconds'],
    ['min', 'minute', 'minutes'],
    ['h', 'hour', 'hours'],
  ],
  ...[['d', 'day', 'days'], ['bit/s', 'bps'], ['kbit/s', 'kbps'], ['Mbit/s', 'Mbps'], ['Gbit/s', 'Gbps'], ['rad']],
  ...[
    ['B', 'byte', 'bytes'],
    ['kB'],
    ['KiB'],
    ['MB', 'megabytes'],
    ['MiB'],
    ['GB', 'gigabytes'],
    ['GiB'],
    ['TB'],
    ['TiB'],
  ],
  ...[
    ['B/s'],
    ['kB/s'],
    ['MB/s'],
    ['GB/s'],
    ['€', 'EUR', 'euros'],
    ['$', 'USD', 'dollars'],
    ['£', 'GBP', 'pounds sterling'],
  ],
];

interface Way {
  readonly tokens: readonly Token[];
  readonly ways: readonly string[];
}

let known: readonly Way[] | undefined;

/** Every way to write any unit. Made when it is first asked for: most starts of a server never do. */
function knownWays(): readonly Way[] {
  return (known ??= longestFirst(WAYS.flatMap((ways) => ways.map((way) => ({ tokens: tokensOf(way), ways })))));
}

const DEGREES = new Set(['°C', '°F', 'K', '°']);

/** A unit that stands at the beginning of some tokens. */
export interface SaidUnit {
  /** How many tokens it takes. */
  readonly length: number;
  readonly isRight: boolean;
}

/**
 * Reads the unit behind a number, if there is one.
 *
 * @param unit that of the field, if it has one; without one, any known unit is right
 */
export function readUnit(tokens: readonly Token[], unit: string | undefined): SaidUnit | undefined {
  const right = unit === undefined ? knownWays() : waysOf(unit);
  const own = right.find((way) => stands(way, tokens));
  const other = unit === undefined ? undefined : knownWays().find((way) => stands(way, tokens));
  // Of `°` and `°C`, where a field is in °F, the longer is what was said.
  if (own && own.tokens.length >= (other?.tokens.length ?? 0)) return { length: own.tokens.length, isRight: true };
  return other && { length: other.tokens.length, isRight: false };
}

/** The ways to write the unit of a field. Degrees may be left to the field. */
function waysOf(unit: string): readonly Way[] {
  const tokens = tokensOf(unit);
  const same = WAYS.find((ways) => ways.some((way) => stands({ tokens: tokensOf(way), ways }, tokens, tokens.length)));
  const bare = DEGREES.has(same?.[0] ?? '') ? (WAYS.find(([symbol]) => symbol === '°') ?? []) : [];
  const ways = [...(same ?? []), ...bare];
  return longestFirst([{ tokens, ways }, ...ways.map((way) => ({ tokens: tokensOf(way), ways }))]);
}

function longestFirst(ways: readonly Way[]): readonly Way[] {
  return [...ways].sort((one, other) => other.tokens.length - one.tokens.length);
}

/** @param length how many tokens there must be, if not at least those of the unit */
function stands({ tokens: wanted }: Way, tokens: readonly Token[], length = wanted.length): boolean {
  if (wanted.length === 0 || wanted.length !== length) return false;
  return wanted.every(({ text }, index) => isSame(text, tokens[index]?.text ?? ''));
}

/** Where the case of the first letter alone tells a thousandth from a million. */
const MILLI_OR_MEGA = /^m(w|wh|v|va|a|ah|j|pa)$/i;

/** In any case, but for where a milliwatt would pass for a megawatt. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase() && (!MILLI_OR_MEGA.test(one) || one[0] === other[0]);
}
