import { checkedName, parse, UsageError, type Command } from './command';
import { isoTime } from '../common/times';

/** Creates an organization with its first Admin key, or lists all organizations. */
export const organization: Command = async (args, terminal) => {
  const [action, name, ...rest] = parse(args, { options: {}, allowPositionals: true }).positionals;
  if (action === 'list' && name === undefined) return list(terminal);
  if (action === 'create' && name !== undefined && rest.length === 0)
    return create(checkedName(name, 'The name'), terminal);
  throw new UsageError('Use `create "Name"` or `list`');
};

const create = async (name: string, terminal: Parameters<Command>[1]): Promise<number> => {
  const { operator, withServer } = await import('./with-server.js');
  const { AdminKeys } = await import('../setup/admin-keys.js');
  const made = await withServer((server) => server.get(AdminKeys).addOrganization(operator(), name), 'serve');
  terminal.err(`Organization ${made.organization.id} was created. Its first Admin key, which is never shown again:`);
  terminal.out(made.created.key);
  return 0;
};

const list = async (terminal: Parameters<Command>[1]): Promise<number> => {
  const { withServer } = await import('./with-server.js');
  const { OrganizationsService } = await import('../organizations/organizations.service.js');
  const { DataSource } = await import('typeorm');
  const all = await withServer((server) => server.get(OrganizationsService).list(server.get(DataSource).manager));
  for (const { id, name, createdAt } of all) terminal.out(`${id}  ${isoTime(createdAt)}  ${name}`);
  return 0;
};
