import type { AuditRecorder } from '../common/audit-event';
import { parse, type Command } from './command';
import { progressBar, stopOnInterrupt } from './progress';

/** Recomputes all rollups from the points. */
export const rollupsRebuild: Command = async (args, terminal) => {
  parse(args, { options: {} });
  const { operator, withServer } = await import('./with-server.js');
  const { RollupRebuild } = await import('../points/rollup-rebuild.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const show = progressBar(terminal, 'points');
    const isStopped = stopOnInterrupt();
    terminal.err('Rebuilding the rollups …');
    const { points, done } = await server
      .get(RollupRebuild)
      .run((made, of) => show(of === 0 ? 1 : made / of, made), isStopped);
    terminal.progress('');
    const target = { type: 'rollups' } as const;
    const details = { points, outcome: done ? 'done' : 'interrupted' };
    const event = { by: operator(), action: 'rollups.rebuilt', organizationId: null, target, details } as const;
    await server.get(Writer).write((_manager, audit: AuditRecorder) => Promise.resolve(audit(event)));
    terminal.out(`The rollups of ${points} points are rebuilt`);
    if (!done) terminal.err('Interrupted. Run the same command again to continue.');
    return done ? 0 : 1;
  });
};
