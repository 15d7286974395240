/** Of values from 1 on. What is smaller has three digits that say something. */
const DECIMALS = 2;
const SMALL_DIGITS = 3;
const POWER_DIGITS = 4;
const LEAST_PLAIN = 1e-4;
const MAX_PLAIN = 1e9;

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: DECIMALS });
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: SMALL_DIGITS });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** A measured value as it is read at a glance: `21.46`, `1,013.25`, `0.0123`, `3.2e-7`, `3.186e12`. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < LEAST_PLAIN || size >= MAX_PLAIN)) return withPower(value, POWER_DIGITS);
  return (size < 1 ? small : plain).format(value);
}

/** A number with a power of ten, which is short however large or small it is: `3.186e12`. */
function withPower(value: number, digits: number): string {
  const [mantissa = '', power = ''] = value.toExponential(Math.max(0, digits - 1)).split('e');
  return `${Number(mantissa)}e${Number(power)}`;
}

/** A value at a tick of an axis, with as many decimals as the distance of the ticks needs. */
export function formatTick(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const isPlain = decimals <= 6 && Math.abs(value) < MAX_PLAIN;
  if (isPlain) return value.toLocaleString('en', { maximumFractionDigits: Math.max(decimals, 0) + 1 });
  if (value === 0) return '0';
  // As many digits as tell a tick from its neighbors, and no more than a number has.
  const digits = Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9) + 2;
  return withPower(value, Math.min(15, Math.max(1, digits)));
}

/** A count in full: `67,280`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** A count where there is little room: `67.3K`. */
export function formatShort(count: number): string {
  return Math.abs(count) < 10_000 ? whole.format(count) : short.format(count);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size in bytes: `1.4 MB`, as disks are sold, with a thousand bytes in a kilobyte. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** power;
  const digits = power === 0 || scaled >= 100 ? 0 : 1;
  return `${scaled.toFixed(digits)}${spacedUnit(BYTE_UNITS[power] ?? '')}`;
}

/** Units that stand directly behind their number. */
const CLOSE_UNITS = ['%', '°', '′', '″', '‰'];

/** A unit as it stands behind a number, with a narrow space that does not break where one belongs. */
export function spacedUnit(unit: string): string {
  return CLOSE_UNITS.includes(unit) ? unit : `\u202f${unit}`;
}

/** `1 bucket`, `3 buckets`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
