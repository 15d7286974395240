import { isId } from '../common/ids';
import type { AuditRecorder } from '../common/audit-event';
import { isoTime } from '../common/times';
import { parse, UsageError, type Command } from './command';
import { progressBar, stopOnInterrupt } from './progress';

const OPTIONS = { source: { type: 'string' }, 'dry-run': { type: 'boolean' } } as const;

/** Corrects the times of points that were sent in seconds instead of milliseconds, while the server runs or not. */
export const dataFixSeconds: Command = async (args, terminal) => {
  const { source: sourceId, 'dry-run': isDryRun = false } = parse(args, { options: OPTIONS }).values;
  if (!isId(sourceId)) throw new UsageError('--source must be an id of 24 hex characters');
  const { operator, withServer } = await import('./with-server.js');
  const { SecondsFix } = await import('../points/seconds-fix.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const fix = server.get(SecondsFix);
    const source = await fix.find(sourceId.toLowerCase());
    if (!source) {
      terminal.err('Data source not found');
      return 1;
    }
    const { count, first, last } = await fix.preview(source);
    if (isDryRun) {
      const range = count > 0 ? `, from ${isoTime(first)} to ${isoTime(last)}` : '';
      terminal.out(`${count} points would be moved${range}`);
      return 0;
    }
    const show = progressBar(terminal, 'points');
    const isStopped = stopOnInterrupt();
    terminal.err(`Moving ${count} points of ${source.name} …`);
    const fixed = await fix.run(source, (done, of) => show(of === 0 ? 1 : done / of, done), isStopped);
    terminal.progress('');
    const { moved, duplicates, conflicts, done } = fixed;
    const { organizationId, bucketId, name } = source;
    const details = { moved, duplicates, conflicts, outcome: done ? 'done' : 'interrupted' };
    const target = { type: 'data source', id: sourceId.toLowerCase(), name } as const;
    const event = { by: operator(), action: 'data.secondsFixed', organizationId, bucketId, target, details } as const;
    await server.get(Writer).write((_manager, audit: AuditRecorder) => Promise.resolve(audit(event)));
    terminal.out(`${moved} points moved, ${duplicates} duplicates removed, ${conflicts} left in place`);
    if (conflicts > 0) terminal.err('Points stay in place where a point with other values is stored at their time.');
    if (!done) terminal.err('Interrupted. Run the same command again to continue.');
    return done && conflicts === 0 ? 0 : 1;
  });
};
