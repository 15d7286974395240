/** A setting that the server cannot start with. The message is for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One environment variable: its meaning, its default as the operator would write it, and its parser. */
export interface Setting<T> {
  readonly variable: string;
  readonly defaultText?: string;
  readonly about: string;
  /** @throws Error with the rest of the sentence after the variable's name: "must be …". */
  readonly parse: (text: string) => T;
}

/** Declares a setting, with its type taken from the parser. */
export function setting<T>(
  variable: string,
  defaultText: string | undefined,
  about: string,
  parse: (text: string) => T,
): Setting<T> {
  return { variable, defaultText, about, parse };
}
