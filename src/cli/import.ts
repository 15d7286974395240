import { isId } from '../common/ids';
import type { AuditRecorder } from '../common/audit-event';
import type { ImportEvents, ImportProgress } from '../ingest/importer';
import { parse, UsageError, whereTyped, type Command, type Terminal } from './command';
import { READING_OPTIONS, readingOf } from './import-options';
import { progressBar, stopOnInterrupt } from './progress';

const OPTIONS = {
  bucket: { type: 'string' },
  source: { type: 'string' },
  ...READING_OPTIONS,
  'skip-bad': { type: 'boolean' },
} as const;

/** Stores the points of a file, while the server runs or not. */
export const importFile: Command = async (args, terminal) => {
  const { values, positionals } = parse(args, { options: OPTIONS, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('Name one file to import');
  const bucketId = idOf(values.bucket, '--bucket');
  const sourceId = idOf(values.source, '--source');
  const reading = readingOf(values);
  const { operator, withServer } = await import('./with-server.js');
  const { Importer } = await import('../ingest/importer.js');
  const { ImportError } = await import('../ingest/import-file.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const show = progressBar(terminal, 'records');
    const request = {
      path: whereTyped(file, 'import'),
      bucketId,
      sourceId,
      ...reading,
      skipsBad: values['skip-bad'] ?? false,
    };
    const isStopped = stopOnInterrupt();
    terminal.err(`Importing ${file} …`);
    const progress: ImportProgress = (read, of, { records }) => show(read / of, records);
    const run = Importer.in(server).run(request, progress, isStopped, eventsOf(terminal));
    const imported = await run.catch((cause: unknown) => {
      if (cause instanceof ImportError) return cause;
      throw cause;
    });
    terminal.progress('');
    if (imported instanceof ImportError) {
      terminal.err(imported.message);
      return 1;
    }
    const { inserted, updated, duplicates, rejected, outcome, records, organizationId, sourceName } = imported;
    const details = { file, inserted, updated, duplicates, rejected, outcome };
    const target = { type: 'data source', id: sourceId, name: sourceName } as const;
    const event = { by: operator(), action: 'data.imported', organizationId, bucketId, target, details } as const;
    await server.get(Writer).write((_manager, audit: AuditRecorder) => Promise.resolve(audit(event)));
    terminal.out(`${inserted} inserted, ${updated} updated, ${duplicates} duplicates, ${rejected} rejected`);
    if (outcome === 'interrupted') terminal.err('Interrupted. Run the same command again to continue.');
    if (outcome === 'refused')
      terminal.err(
        `Stopped after ${records} records. Fix the file and run the same command again` +
          (request.skipsBad ? '.' : ', or leave bad records out with --skip-bad.'),
      );
    return outcome === 'done' && rejected === 0 ? 0 : 1;
  });
};

function eventsOf(terminal: Terminal): ImportEvents {
  const say = (text: string) => {
    terminal.progress('');
    terminal.err(text);
  };
  return { problem: (line, message) => say(`Line ${line}: ${message}`), note: say };
}

function idOf(text: string | undefined, option: string): string {
  if (!isId(text)) throw new UsageError(`${option} must be an id of 24 hex characters`);
  return text.toLowerCase();
}
