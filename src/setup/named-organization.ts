import { ConfigError } from '../common/config/settings';
import type { Organization } from '../organizations/organization.entity';

/**
 * The organization that an operator means.
 *
 * @param wanted its id or name; by default the only organization
 * @throws ConfigError if none or several match
 */
export function namedOrganization(all: readonly Organization[], wanted: string | undefined): Organization {
  const meant = wanted === undefined ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  const known = all.map(({ id, name }) => `\n  ${id}  ${name}`).join('');
  if (!only && wanted === undefined) throw new ConfigError('There is no organization yet. Start the server first');
  if (!only)
    throw new ConfigError(`There is no organization ${JSON.stringify(wanted)}. The organizations are:${known}`);
  throw new ConfigError(`Several organizations match. Name one by its id (--organization):${known}`);
}
