import { printInWords } from '../../../../src/alerting/conditions/print';
import { thresholdOf, type Condition } from './condition';

/** A number that stands by itself or before a unit. Digits inside of a name, as in `pm2.5`, are none. */
const NUMBER = /(?<![\p{L}\d_.])[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?(?![\d_])/giu;
const DURATION = /,?\s(?:for|during|lasting|longer than)\s/giu;
const DIGITS = 12;
/** What units and magnitudes multiply a number by: powers of 1000, of 1024, and durations. */
const FACTORS = [
  ...[1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9, 1e12],
  ...[1024, 1024 ** 2, 1024 ** 3, 1024 ** 4],
  ...[60, 3600, 86_400],
];

/**
 * The text of a condition with another threshold. It keeps the words of the text if the number can be found in it, also in another
 * unit, `5 kW` for 5000; otherwise it is `plainThreshold`. Parse the result: a number that is spelled out may hide another one.
 */
export function withThreshold(text: string, condition: Condition, value: number): string {
  const threshold = thresholdOf(condition);
  if (!threshold) return text;
  const comparison = text.slice(0, comparisonEnd(text, condition));
  const numbers = [...comparison.matchAll(NUMBER)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    number: Number(match[0]),
  }));
  const same = numbers.filter(({ number }) => number === threshold.value);
  const [found, ...others] = same.length > 0 ? same : numbers;
  const factor = found && (same.length > 0 ? 1 : factorOf(threshold.value, found.number));
  if (!found || others.length > 0 || factor === undefined) return plainThreshold(condition, value);
  return text.slice(0, found.start) + numberText(value / factor) + text.slice(found.end);
}

/** The condition with another threshold in the usual words. */
export function plainThreshold(condition: Condition, value: number): string {
  return thresholdOf(condition) ? printInWords({ ...condition, value } as Condition) : printInWords(condition);
}

/** Where the comparison ends, and the duration begins. */
function comparisonEnd(text: string, condition: Condition): number {
  const isTimed = 'durationSeconds' in condition && condition.durationSeconds !== undefined;
  return (isTimed ? [...text.matchAll(DURATION)].at(-1)?.index : undefined) ?? text.length;
}

function factorOf(value: number, written: number): number | undefined {
  return FACTORS.find((factor) => Math.abs(written * factor - value) <= Math.abs(value) * 1e-9 && value !== 0);
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}
