/** What the system, a driver or a database says of an error. */
export interface Signs {
  readonly code: string;
  readonly message: string;
  readonly syscall: string;
}

/** A reason why a start or a command fails that the operator can remove. */
export interface StartFailure {
  /** What is printed; docs/operate.md has the same text. `{message}`, `{where}` and others are filled in. */
  readonly sentence: string;
  /** Whether it may pass by itself, so that a start waits for it. */
  readonly passes: boolean;
  readonly matches: (signs: Signs) => boolean;
}

/** A start failure with its sentence filled in. */
export type ExplainedFailure = Pick<StartFailure, 'sentence' | 'passes'>;

interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly driverError?: unknown;
  readonly errors?: readonly unknown[];
}

/** Reads the signs of an error: of the driver's where TypeORM wraps it, and of the first of several addresses tried. */
export function signsOf(thrown: unknown): Signs {
  const { code, message, syscall, driverError, errors } = (thrown ?? {}) as Thrown;
  if (driverError !== undefined) return signsOf(driverError);
  if (Array.isArray(errors) && errors.length > 0) return signsOf(errors[0]);
  return { code: textOf(code), message: textOf(message), syscall: textOf(syscall) };
}

/** The first of the failures that matches an error, with its sentence filled in. */
export function explain(
  failures: readonly StartFailure[],
  thrown: unknown,
  values: Readonly<Record<string, string>>,
): ExplainedFailure | undefined {
  const signs = signsOf(thrown);
  const found = failures.find(({ matches }) => matches(signs));
  if (!found) return undefined;
  const known: Readonly<Record<string, string>> = { ...values, message: signs.message, code: signs.code };
  const sentence = found.sentence.replace(/\{(\w+)\}/g, (hole, name: string) => known[name] ?? hole);
  return { sentence, passes: found.passes };
}

/** Makes a failure that only the operator can remove. */
export function lasting(sentence: string, matches: StartFailure['matches']): StartFailure {
  return { sentence, passes: false, matches };
}

/** Makes a failure that may pass by itself. */
export function passing(sentence: string, matches: StartFailure['matches']): StartFailure {
  return { sentence, passes: true, matches };
}

/** Matches these codes. */
export function codes(...known: readonly string[]): StartFailure['matches'] {
  return ({ code }) => known.includes(code);
}

/** Matches what a driver says. */
export function words(pattern: RegExp): StartFailure['matches'] {
  return ({ message }) => pattern.test(message);
}

/** Matches what any of these matches. */
export function anyOf(...several: readonly StartFailure['matches'][]): StartFailure['matches'] {
  return (signs) => several.some((matches) => matches(signs));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
