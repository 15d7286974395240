import { KEY_PLACE } from '../source/snippets';
import type { AuditQuery } from './audit-filter';
import { textOf, type AuditEvent, type Part } from './phrase';

const COLUMNS = [
  'time',
  'action',
  'sentence',
  'actor',
  'actorId',
  'target',
  'targetId',
  'bucketId',
  'address',
  'requestId',
  'details',
];

/** Events as CSV (RFC 4180), in the order in which they are shown. */
export function csvOf(events: readonly AuditEvent[], sentenceOf: (event: AuditEvent) => readonly Part[]): string {
  const rows = events.map((event) => {
    const { at, action, actor, target, bucketId, address, requestId, details } = event;
    return [
      ...[at, action, textOf(sentenceOf(event)), actor.name ?? actor.user ?? actor.type, actor._id],
      ...[target.name ?? target.type, target._id, bucketId, address, requestId],
      details === undefined ? undefined : JSON.stringify(details),
    ];
  });
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A cell that no spreadsheet takes for a formula: names come from whoever made the keys. */
function cell(value: string | undefined): string {
  const text = value === undefined ? '' : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The same list for a terminal. */
export function curlOf(url: string, filter: AuditQuery): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, limit: 500 })) query.set(name, String(value));
  return `curl '${url}/api/audit?${query.toString()}' \\\n  -H 'X-API-Key: ${KEY_PLACE}'\n`;
}
