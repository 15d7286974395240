import { isId } from '../common/ids';
import type { Journal } from '../common/journal';
import { parse, UsageError, whereTyped, type Command } from './command';
import { progressBar, stopOnInterrupt } from './progress';

const OPTIONS = {
  bucket: { type: 'string' },
  source: { type: 'string' },
  time: { type: 'string' },
  'skip-bad': { type: 'boolean' },
} as const;

/** Stores the points of a file, while the server runs or not. */
export const importFile: Command = async (args, terminal) => {
  const { values, positionals } = parse(args, { options: OPTIONS, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('Say which file to import');
  const bucketId = idOf(values.bucket, '--bucket');
  const sourceId = idOf(values.source, '--source');
  const { operator, withServer } = await import('./with-server.js');
  const { Importer } = await import('../ingest/importer.js');
  const { ImportError } = await import('../ingest/import-reader.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const show = progressBar(terminal, 'records');
    const wish = {
      path: whereTyped(file, 'import'),
      bucketId,
      sourceId,
      time: values.time,
      skipsBad: values['skip-bad'] ?? false,
    };
    const isStopped = stopOnInterrupt();
    terminal.err(`Importing ${file} …`);
    const run = Importer.in(server).run(wish, (read, of, { records }) => show(read / of, records), isStopped);
    const imported = await run.catch((cause: unknown) => {
      if (cause instanceof ImportError) return cause;
      throw cause;
    });
    terminal.progress('');
    if (imported instanceof ImportError) {
      terminal.err(imported.message);
      return 1;
    }
    const { inserted, updated, duplicates, rejected, problems, outcome, organizationId, sourceName } = imported;
    const details = { file, inserted, updated, duplicates, rejected, outcome };
    const target = { type: 'data source', id: sourceId, name: sourceName } as const;
    const event = { by: operator(), action: 'data.imported', organizationId, bucketId, target, details } as const;
    await server.get(Writer).write((_manager, journal: Journal) => Promise.resolve(journal(event)));
    for (const { line, message } of problems) terminal.err(`Line ${line}: ${message}`);
    if (rejected > problems.length) terminal.err(`… and ${rejected - problems.length} more`);
    terminal.out(`${inserted} inserted, ${updated} updated, ${duplicates} duplicates, ${rejected} rejected`);
    if (outcome === 'interrupted') terminal.err('Interrupted. The same command goes on from here.');
    if (outcome === 'refused')
      terminal.err('Mend the file and call the same command again, or leave such records out with --skip-bad.');
    return outcome === 'done' && rejected === 0 ? 0 : 1;
  });
};

function idOf(text: string | undefined, option: string): string {
  if (!isId(text)) throw new UsageError(`${option} must be an id of 24 hex characters`);
  return text.toLowerCase();
}
