import { adminKey } from './cli/admin-key';
import { auditRestart, auditVerify } from './cli/audit';
import { UsageError, type Command, type Terminal } from './cli/command';
import { consoleLinkCommand } from './cli/console-link';
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
                                             create an Admin key
  npm run admin-key -- --generate            print a well-formed Admin key to preset; uses no database
  npm run console-link -- [--organization "Name or id"]
                                             print a link that opens the console once, as an Admin
  npm run organization -- create "Name"      create an organization and its first Admin key
  npm run organization -- list               list the organizations
  npm run keys:scan -- [--check | --revoke] <file or folder>…
                                             find keys in files; look them up (--check) or delete them (--revoke);
                                             - is standard input
  npm run audit:verify -- [--head <rows>:<link>] [--anchor <file of log lines>]
                                             find rows of the audit log that were changed, removed or added
  npm run audit:restart -- --yes [--anchor <file of log lines>]
                                             continue the audit log after the secret was lost or a backup was restored
  npm run secret:rotate                      change the server's secret; run it again to continue after an interruption
  npm run import -- <file.csv | file.ndjson>[.gz] --bucket <id> --source <id> [--time <column>] [--skip-bad]
                 [--precision s|ms|us|ns] [--encoding utf8|latin1] [--delimiter ';'] [--decimal ,]
                                             store the points of a file; run it again to continue after an interruption
  npm run rollups:rebuild                    recompute all rollups; run it again to continue after an interruption
  npm run data:fix-seconds -- --source <id> [--dry-run]
                                             correct the times of points that were sent in seconds instead of milliseconds
  npm run docs:openapi                       write docs/openapi.json
  npm start -- --version                     print the version

All commands work while the server runs or when it is stopped.
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  'admin-key': adminKey,
  'console-link': consoleLinkCommand,
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

/** Runs a command. Commands load the server's code only when they need it: a scan of files does not. */
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
    process.stderr.write(
      `${printableLines(explainFailure(cause).replace('Cannot start', 'Cannot run the command'))}\n`,
    );
    process.exitCode = 1;
  },
);
