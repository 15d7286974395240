import { redactKeys } from '../redact';
import type { Setting } from './setting';
import { SETTINGS } from './settings';

/** A setting as the API shows it. */
export interface ShownSetting {
  readonly name: string;
  /** The text of the variable, or the default. Null for a secret, and if there is neither. */
  readonly value: string | null;
  readonly default: string | null;
  readonly source: 'environment' | 'default';
  /** Whether the value is a secret, which is never shown. */
  readonly isSecret: boolean;
  /** What it does, and which values it takes. */
  readonly about: string;
}

/** Every setting with its value, without secrets and without the user, the password and the options in URLs. */
export function shownSettings(textOf: (variable: string) => string | undefined): readonly ShownSetting[] {
  return Object.values<Setting<unknown>>(SETTINGS).map(({ variable, defaultText, kind, about }) => {
    const text = textOf(variable);
    const value = kind === 'secret' ? undefined : (text ?? defaultText);
    return {
      name: variable,
      value: value === undefined ? null : redactKeys(kind === 'url' ? withoutCredentials(value) : value),
      default: defaultText ?? null,
      source: text === undefined ? 'default' : 'environment',
      isSecret: kind === 'secret',
      about,
    };
  });
}

/** A URL without user, password, query and fragment: drivers take passwords and file names of keys from the query too. */
function withoutCredentials(text: string): string {
  const [, scheme] = /^([a-z][a-z+]*):\/\//i.exec(text) ?? [];
  if (scheme === undefined) return text.replace(/[?#].*$/s, '');
  if (!URL.canParse(text)) return `${scheme}://…`;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
