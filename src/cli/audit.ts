import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import type { AuditAnchors } from '../audit/audit-anchors';
import type { AuditRecorder } from '../common/audit-event';
import { isoTime } from '../common/times';
import { parse, UsageError, whereTyped, type Command } from './command';

const EXPLAINED = `This lets the audit log go on where it does not fit the server's secret or its anchor.
It is for a secret that is lost for good: what was written before can then never be verified again.
And it is for a restored backup: the log goes on from where the backup ends.
Add --yes to do it.`;

/** Looks through the whole audit log for what was tampered with. */
export const auditVerify: Command = async (args, terminal) => {
  const { head, anchor } = parse(args, { options: { head: { type: 'string' }, anchor: { type: 'string' } } }).values;
  const noted = head === undefined ? undefined : notedHead(head);
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
    if (noted && !(await chain.passes(noted)))
      wrong.push(`Row ${noted.count} is not the one that was noted: the log was put back or made anew`);
    const anchors = server.get(AuditAnchors);
    wrong.push(...(await anchors.findings()));
    if (lines !== undefined) wrong.push(...(await anchors.findings(lines)));
    if (await server.get(AuditLog).isEmptied(server.get(DataSource).manager))
      wrong.push('The log is empty, but there are organizations: it was emptied');
    for (const sentence of wrong) terminal.out(sentence);
    if (more > 0) terminal.out(`… and ${more} more`);
    if (earlier > 0) terminal.out(`Rows 1 to ${earlier} were written under an earlier secret, and cannot be checked`);
    if (cut > 0) terminal.out(`Rows 1 to ${cut} were removed for their age`);
    if (wrong.length === 0) terminal.out(`${count - Math.max(earlier, cut)} rows hold`);
    terminal.out(await anchoredSentence(anchors));
    terminal.out(`Head: ${count}:${link}`);
    const details = { rows: count, findings: wrong.length + more };
    const event = {
      by: operator(),
      action: 'audit.verified',
      organizationId: null,
      target: { type: 'audit log' },
    } as const;
    const noteDown = (_manager: unknown, audit: AuditRecorder) => Promise.resolve(audit({ ...event, details }));
    // A log that was begun with another secret takes no row; what was found has been told.
    await server
      .get(Writer)
      .write(noteDown)
      .catch((cause: Error) => terminal.err(cause.message));
    return wrong.length === 0 ? 0 : 1;
  });
};

/** Begins the chain anew when the secret is lost. */
export const auditRestart: Command = async (args, terminal) => {
  const { yes, anchor } = parse(args, { options: { yes: { type: 'boolean' }, anchor: { type: 'string' } } }).values;
  if (!yes) throw new UsageError(EXPLAINED);
  const lines = anchor === undefined ? undefined : readAnchors(anchor, 'audit:restart');
  const { operator, withServer } = await import('./with-server.js');
  const { AuditChain } = await import('../audit/audit-chain.js');
  await withServer((server) => server.get(AuditChain).restart(operator(), lines), 'replace secret');
  terminal.out('The audit log goes on from here, under the present secret.');
  return 0;
};

async function anchoredSentence(anchors: AuditAnchors): Promise<string> {
  if (anchors.path === undefined) return 'Anchored: nowhere (DAKKIO_AUDIT_ANCHOR_FILE)';
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

function notedHead(text: string): { count: number; link: string } {
  const [, count, link] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (count === undefined || link === undefined)
    throw new UsageError('--head must be what an earlier audit:verify printed: <rows>:<link>');
  return { count: Number(count), link };
}
