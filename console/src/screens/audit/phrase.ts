import type { components } from '../../../../clients/typescript/src/api/schema';

export type AuditEvent = components['schemas']['AuditEventView'];
export type Action = AuditEvent['action'];

/** What a sentence names, so that it can be a link. */
export interface Thing {
  readonly kind: 'key' | 'bucket' | 'source' | 'rule';
  readonly id: string;
  readonly name: string;
  readonly bucketId: string | undefined;
  /** It does not exist any more. */
  readonly isGone?: boolean;
}

export type Part = string | Thing;

/** Parts of a sentence: text with things in it. Neighbouring texts are one. */
export function phrase(texts: TemplateStringsArray, ...values: readonly (Part | readonly Part[])[]): Part[] {
  return joined(texts.flatMap((text, index) => [text, ...[values[index] ?? []].flat()]));
}

/** Parts with neighbouring texts as one. */
export function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

/** Parts as text: `Key ‘Main’ created bucket ‘Home’`. */
export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : quoted(part.name))).join('');
}

export function quoted(name: string): string {
  return `‘${name}’`;
}
