import { adminKey } from './cli/admin-key';
import { auditRestart, auditVerify } from './cli/audit';
import { UsageError, type Command, type Terminal } from './cli/command';
import { dataFixSeconds } from './cli/data-fix-seconds';
import { importFile } from './cli/import';
import { keysScan } from './cli/keys-scan';
import { openApi } from './cli/openapi';
import { organization } from './cli/organization';
import { printable, printableLines } from './common/printable';
import { rollupsRebuild } from './cli/rollups-rebuild';
import { secretRotate } from './cli/secret-rotate';

const USAGE = `Usage:
  npm run admin-key -- [--name "Ops laptop"] [--expires 8h] [--organization "Name or id"]
                                             make another Admin key, while the server runs or not
  npm run admin-key -- --generate            print a well-formed Admin key to preset, without touching the database
  npm run organization -- create "Name"      make an organization and its first Admin key
  npm run organization -- list               list the organizations
  npm run keys:scan -- [--check | --revoke] <file or folder>…
                                             find keys in files, ask the database of them, or end them; - is standard input
  npm run audit:verify -- [--head <rows>:<link>] [--anchor <file of log lines>]
                                             look through the audit log for what was tampered with
  npm run audit:restart -- --yes [--anchor <file of log lines>]
                                             let the log go on, when the server's secret is lost or a backup was restored
  npm run secret:rotate                      change the server's secret; when interrupted, the same command goes on
  npm run import -- <file.csv | file.ndjson>[.gz] --bucket <id> --source <id> [--time <column>] [--skip-bad]
                 [--precision s|ms|us|ns] [--encoding utf8|latin1] [--delimiter ';'] [--decimal ,]
                                             store the points of a file; when interrupted, the same command goes on
  npm run rollups:rebuild                    make what the points come to anew; when interrupted, the same command goes on
  npm run data:fix-seconds -- --source <id> [--dry-run]
                                             move points that were sent with seconds for milliseconds out of January 1970
  npm run docs:openapi                       write docs/openapi.json anew
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  'admin-key': adminKey,
  organization,
  'keys:scan': keysScan,
  'audit:verify': auditVerify,
  'audit:restart': auditRestart,
  'secret:rotate': secretRotate,
  import: importFile,
  'data:fix-seconds': dataFixSeconds,
  'rollups:rebuild': rollupsRebuild,
  openapi: openApi,
};

const terminal: Terminal = {
  out: (line) => process.stdout.write(`${printable(line)}\n`),
  err: (line) => process.stderr.write(`${printable(line)}\n`),
  progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\u001b[K${printable(text)}`),
};

/** The operator's commands. What they need of the server is loaded when it is needed: a scan of files needs nothing of it. */
async function run([name = '', ...args]: string[]): Promise<number> {
  if ([name, ...args].some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = COMMANDS[name];
  if (!command) throw new UsageError('');
  return command(args, terminal);
}

run(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  async (cause: unknown) => {
    if (cause instanceof UsageError) {
      process.stderr.write(`${cause.message ? `${printableLines(cause.message)}\n\n` : ''}${USAGE}`);
      process.exitCode = 2;
      return;
    }
    const { explainFailure } = await import('./start-failures.js');
    process.stderr.write(`${printableLines(explainFailure(cause).replace('Cannot start', 'Cannot do that'))}\n`);
    process.exitCode = 1;
  },
);
