import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import type { AuditAnchors } from '../audit/audit-anchors';
import type { AuditRecorder } from '../common/audit-event';
import { isoTime } from '../common/times';
import { parse, UsageError, whereTyped, type Command } from './command';

const EXPLAINED = `This continues an audit log that does not match the server's secret or its anchor. Use it in two cases:
The secret is lost for good. Rows written before can then never be verified again.
A backup was restored. The log continues where the backup ends.
Add --yes to confirm.`;

/** Verifies the whole audit log: finds rows that were changed, removed or added. */
export const auditVerify: Command = async (args, terminal) => {
  const { head, anchor } = parse(args, { options: { head: { type: 'string' }, anchor: { type: 'string' } } }).values;
  const expected = head === undefined ? undefined : parseHead(head);
  const lines = anchor === undefined ? undefined : readAnchors(anchor, 'audit:verify');
  const { operator, withServer } = await import('./with-server.js');
  const { AuditAnchors } = await import('../audit/audit-anchors.js');
  const { AuditChain } = await import('../audit/audit-chain.js');
  const { AuditLog } = await import('../audit/audit-log.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const chain = server.get(AuditChain);
    const progress = (done: number, of: number) => terminal.progress(`${done} of ${of} rows`);
    const { count, link, cut, earlier, findings, more } = await chain.verify(progress);
    const wrong = [...findings];
    if (expected && !(await chain.passes(expected)))
      wrong.push(`Row ${expected.count} differs from --head: the log was rolled back or rewritten`);
    const anchors = server.get(AuditAnchors);
    wrong.push(...(await anchors.findings()));
    if (lines !== undefined) wrong.push(...(await anchors.findings(lines)));
    if (await server.get(AuditLog).isEmptied(server.get(DataSource).manager))
      wrong.push('The log is empty although organizations exist: its rows were deleted');
    for (const sentence of wrong) terminal.out(sentence);
    if (more > 0) terminal.out(`… and ${more} more`);
    if (earlier > 0) terminal.out(`Rows 1 to ${earlier} were written under an earlier secret and cannot be verified`);
    if (cut > 0) terminal.out(`Rows 1 to ${cut} were removed because of their age`);
    if (wrong.length === 0) terminal.out(`${count - Math.max(earlier, cut)} rows verified`);
    terminal.out(await anchoredSentence(anchors));
    terminal.out(`Head: ${count}:${link}`);
    const details = { rows: count, findings: wrong.length + more };
    const event = {
      by: operator(),
      action: 'audit.verified',
      organizationId: null,
      target: { type: 'audit log' },
    } as const;
    const recordEvent = (_manager: unknown, audit: AuditRecorder) => Promise.resolve(audit({ ...event, details }));
    // A log that began with another secret accepts no row. The findings are printed already.
    await server
      .get(Writer)
      .write(recordEvent)
      .catch((cause: Error) => terminal.err(cause.message));
    return wrong.length === 0 ? 0 : 1;
  });
};

/** Starts a new chain when the secret is lost or a backup was restored. */
export const auditRestart: Command = async (args, terminal) => {
  const { yes, anchor } = parse(args, { options: { yes: { type: 'boolean' }, anchor: { type: 'string' } } }).values;
  if (!yes) throw new UsageError(EXPLAINED);
  const lines = anchor === undefined ? undefined : readAnchors(anchor, 'audit:restart');
  const { operator, withServer } = await import('./with-server.js');
  const { AuditChain } = await import('../audit/audit-chain.js');
  await withServer((server) => server.get(AuditChain).restart(operator(), lines), 'replace secret');
  terminal.out('The audit log continues from here, under the current secret.');
  return 0;
};

async function anchoredSentence(anchors: AuditAnchors): Promise<string> {
  if (anchors.path === undefined) return 'Anchored: no, DAKKIO_AUDIT_ANCHOR_FILE is off';
  const anchor = await anchors.read();
  if (!anchor) return `Anchored: nothing yet in ${anchors.path}`;
  return `Anchored: row ${anchor.count} at ${isoTime(anchor.at)} in ${anchors.path}`;
}

/** @throws UsageError for a file that cannot be read */
function readAnchors(path: string, script: string): string {
  try {
    return readFileSync(whereTyped(path, script), 'utf8');
  } catch (cause) {
    throw new UsageError(`--anchor names a file that cannot be read: ${(cause as Error).message}`);
  }
}

function parseHead(text: string): { count: number; link: string } {
  const [, count, link] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (count === undefined || link === undefined)
    throw new UsageError('--head must be a head that audit:verify printed: <rows>:<link>');
  return { count: Number(count), link };
}
