import { counted } from '../../lib/numbers';

export type Details = Readonly<Record<string, unknown>>;

/** A number of the details; 0 where there is none. */
export function numberOf(details: Details, name: string): number {
  const value = details[name];
  return typeof value === 'number' ? value : 0;
}

/** A text of the details; empty where there is none. */
export function textOf(details: Details, name: string): string {
  const value = details[name];
  return typeof value === 'string' ? value : '';
}

/** `3 data sources and 1,200 points`, without what is 0. */
export function countsInWords(details: Details, names: readonly (readonly [name: string, one: string])[]): string {
  const counts = names.flatMap(([name, one]) => {
    const count = numberOf(details, name);
    return count === 0 ? [] : [counted(count, one)];
  });
  return listed(counts);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

const FIELDS: Readonly<Record<string, string>> = {
  retentionDays: 'retention',
  allowedIps: 'allowed addresses',
  rateLimit: 'rate limit',
  expiresAt: 'expiry',
  dataSourceId: 'data source',
  writeOnly: 'write-only setting',
  selfRotation: 'right to rotate itself',
  cooldownMinutes: 'cooldown',
  repeatMinutes: 'reminders',
  webhookUrl: 'webhook',
  webhook: 'webhook',
  enabled: 'state',
};

/** A field as people call it: `retention`. Unknown ones keep their name. */
export function fieldName(name: string): string {
  return FIELDS[name] ?? name;
}

/** What a change has changed. */
export interface Change {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** The changes in the details of an event, by `from` and `to`. */
export function changesOf(details: Details): Change[] {
  const [from, to] = [objectOf(details.from), objectOf(details.to)];
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return fields.map((field) => ({ field, from: from[field] ?? null, to: to[field] ?? null }));
}

/** The names of what was changed: `name and retention`. */
export function changedFields(details: Details): string {
  return listed([...new Set(changesOf(details).map(({ field }) => fieldName(field)))]);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
