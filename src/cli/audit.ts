import type { Journal } from '../common/journal';
import { parse, UsageError, type Command } from './command';

const EXPLAINED = `This begins the audit log's chain anew, under a secret that it was not begun with.
It is for a secret that is lost for good: what was written before can never be verified again.
Say --yes to do it.`;

/** Looks through the whole audit log for what was tampered with. */
export const auditVerify: Command = async (args, terminal) => {
  const { head } = parse(args, { options: { head: { type: 'string' } } }).values;
  const noted = head === undefined ? undefined : notedHead(head);
  const { operator, withServer } = await import('./with-server.js');
  const { AuditChain } = await import('../audit/audit-chain.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const chain = server.get(AuditChain);
    const progress = (done: number, of: number) => terminal.progress(`${done} of ${of} rows`);
    const { count, link, earlier, findings, more } = await chain.verify(progress);
    const wrong = [...findings];
    if (noted && !(await chain.passes(noted)))
      wrong.push(`Row ${noted.count} is not the one that was noted: the log was put back or made anew`);
    for (const sentence of wrong) terminal.out(sentence);
    if (more > 0) terminal.out(`… and ${more} more`);
    if (earlier > 0) terminal.out(`Rows 1 to ${earlier} were written under an earlier secret, and cannot be checked`);
    if (wrong.length === 0) terminal.out(`${count - earlier} rows hold`);
    terminal.out(`Head: ${count}:${link}`);
    const details = { rows: count, findings: wrong.length + more };
    const event = {
      by: operator(),
      action: 'audit.verified',
      organizationId: null,
      target: { type: 'audit log' },
    } as const;
    const noteDown = (_manager: unknown, journal: Journal) => Promise.resolve(journal({ ...event, details }));
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
  const { yes } = parse(args, { options: { yes: { type: 'boolean' } } }).values;
  if (!yes) throw new UsageError(EXPLAINED);
  const { operator, withServer } = await import('./with-server.js');
  const { AuditChain } = await import('../audit/audit-chain.js');
  await withServer((server) => server.get(AuditChain).restart(operator()));
  terminal.out('The chain goes on under the present secret.');
  return 0;
};

function notedHead(text: string): { count: number; link: string } {
  const [, count, link] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (count === undefined || link === undefined)
    throw new UsageError('--head must be what an earlier audit:verify printed: <rows>:<link>');
  return { count: Number(count), link };
}
