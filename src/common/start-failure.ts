/** Code, message and system call of an error from the system, a driver or a database. */
export interface Signs {
  readonly code: string;
  readonly message: string;
  readonly syscall: string;
}

/** A reason for a failed start or command that the operator can fix. */
export interface StartFailure {
  /** What is printed; docs/operate.md has the same text. Placeholders such as `{message}` and `{where}` are filled in. */
  readonly sentence: string;
  /** Whether it may be temporary, so that the server waits for it at startup. */
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

/** Reads code and message of an error. Unwraps TypeORM's errors, and takes the first error if several addresses were tried. */
export function signsOf(thrown: unknown): Signs {
  const { code, message, syscall, driverError, errors } = (thrown ?? {}) as Thrown;
  if (driverError !== undefined) return signsOf(driverError);
  if (Array.isArray(errors) && errors.length > 0) return signsOf(errors[0]);
  return { code: textOf(code), message: textOf(message), syscall: textOf(syscall) };
}

/** Returns the first failure that matches an error, with its sentence filled in. */
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

/** Declares a failure that lasts until the operator acts. */
export function lasting(sentence: string, matches: StartFailure['matches']): StartFailure {
  return { sentence, passes: false, matches };
}

/** Declares a failure that may be temporary. */
export function passing(sentence: string, matches: StartFailure['matches']): StartFailure {
  return { sentence, passes: true, matches };
}

/** Matches any of these error codes. */
export function codes(...known: readonly string[]): StartFailure['matches'] {
  return ({ code }) => known.includes(code);
}

/** Matches an error message. */
export function words(pattern: RegExp): StartFailure['matches'] {
  return ({ message }) => pattern.test(message);
}

/** Matches if any of these matchers does. */
export function anyOf(...several: readonly StartFailure['matches'][]): StartFailure['matches'] {
  return (signs) => several.some((matches) => matches(signs));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
