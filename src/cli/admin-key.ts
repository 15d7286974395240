import { newKeyText } from '../api-keys/key-text';
import { checkedName, duration, parse, type Command } from './command';
import { isoTime } from '../common/times';

const OPTIONS = {
  name: { type: 'string', default: 'Created on the command line' },
  organization: { type: 'string' },
  expires: { type: 'string' },
  generate: { type: 'boolean' },
} as const;

/** Creates an Admin key, for example when all are lost, or prints a well-formed one to preset. */
export const adminKey: Command = async (args, terminal) => {
  const { name, organization, expires, generate } = parse(args, { options: OPTIONS }).values;
  if (generate) {
    terminal.out(newKeyText('admin'));
    return 0;
  }
  const request = {
    name: checkedName(name, '--name'),
    expiresAt: expires === undefined ? null : Date.now() + duration(expires, '--expires'),
  };
  const { operator, withServer } = await import('./with-server.js');
  const { AdminKeys } = await import('../setup/admin-keys.js');
  const { key } = await withServer((server) => server.get(AdminKeys).add(operator(), request, organization), 'serve');
  terminal.out(key);
  terminal.err('Store it now: it is never shown again.');
  if (request.expiresAt !== null) terminal.err(`It expires at ${isoTime(request.expiresAt)}.`);
  return 0;
};
