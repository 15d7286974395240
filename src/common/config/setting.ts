/** A setting that the server cannot start with. The message is for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One environment variable: its meaning, its default as the operator would write it, and its parser. */
export interface Setting<T> {
  readonly variable: string;
  readonly defaultText?: string;
  readonly about: string;
  /** `secret`: its text is never shown. `url`: it is shown without credentials. */
  readonly kind?: 'secret' | 'url';
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

/** Declares a setting without a default whose text is never shown, neither in errors nor by the API. */
export function secretSetting<T>(variable: string, about: string, parse: (text: string) => T): Setting<T> {
  return { variable, about, parse, kind: 'secret' };
}
