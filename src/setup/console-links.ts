import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../api-keys/api-key.entity';
import { SessionCodes, type CreatedCode } from '../api-keys/sessions/session-codes';
import { UsableAdminKeys } from '../api-keys/sessions/usable-admin-keys';
import type { Actor } from '../common/audit-event';
import { ConfigError } from '../common/config/settings';
import { Writer } from '../database/writer';
import { OrganizationsService } from '../organizations/organizations.service';
import { namedOrganization } from './named-organization';

/** A code for the console, and the Admin key that its session will belong to. */
export interface ConsoleCode extends CreatedCode {
  readonly apiKey: ApiKey;
}

/** Creates one-time codes that open the console with the rights of an existing Admin key. */
@Injectable()
export class ConsoleLinks {
  constructor(
    private readonly writer: Writer,
    private readonly organizations: OrganizationsService,
    private readonly adminKeys: UsableAdminKeys,
    private readonly codes: SessionCodes,
  ) {}

  /**
   * Creates a code.
   *
   * @param ofOrganization its id or name; by default the only organization
   * @throws ConfigError if no organization or several match, or if no Admin key of it can be used
   */
  create(by: Actor, ofOrganization?: string): Promise<ConsoleCode> {
    return this.writer.write(async (manager, audit) => {
      const { id } = namedOrganization(await this.organizations.list(manager), ofOrganization);
      const apiKey = await this.adminKeys.best(manager, id);
      if (!apiKey)
        throw new ConfigError(
          'No Admin key can be used: all are deleted, disabled or expired. Create one first: npm run admin-key',
        );
      return { apiKey, ...(await this.codes.create({ manager, audit, by }, apiKey)) };
    });
  }
}
