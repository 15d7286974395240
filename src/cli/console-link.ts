import { parse, type Command } from './command';
import { isoTime } from '../common/times';
import { shownPrefix } from '../api-keys/key-text';

const OPTIONS = { organization: { type: 'string' } } as const;

/** Prints a link that opens the console once, with the rights of an existing Admin key. */
export const consoleLinkCommand: Command = async (args, terminal) => {
  const { organization } = parse(args, { options: OPTIONS }).values;
  const { readConfig } = await import('../common/config/config.js');
  const { consoleLink, serverAddresses } = await import('../console-address.js');
  const config = readConfig(process.env);
  const { ConfigError } = await import('../common/config/settings.js');
  if (!config.console) throw new ConfigError('The console is off (DAKKIO_CONSOLE=off)');
  // Before the code is created: without an address it would be of no use.
  const { network, local } = serverAddresses(config);
  const { operator, withServer } = await import('./with-server.js');
  const { ConsoleLinks } = await import('../setup/console-links.js');
  const { code, expiresAt, apiKey } = await withServer((server) =>
    server.get(ConsoleLinks).create(operator(), organization),
  );
  const [first = '', ...others] = [network, local].filter((address) => address !== undefined);
  terminal.out(consoleLink(first, code));
  for (const address of others) terminal.err(`On this machine: ${consoleLink(address, code)}`);
  const key = `${JSON.stringify(apiKey.name)} (${shownPrefix(apiKey.type, apiKey.hint)})`;
  terminal.err(`It works once, until ${isoTime(expiresAt)}, and signs in with the rights of the Admin key ${key}.`);
  return 0;
};
