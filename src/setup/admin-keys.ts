import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { ApiKey } from '../api-keys/api-key.entity';
import { KeyHasher } from '../api-keys/key-hasher';
import { hashOf, isKeyText, typeOf } from '../api-keys/key-text';
import { KeyService, type CreatedKey } from '../api-keys/key.service';
import type { NewKey } from '../api-keys/new-key';
import { AuditLog } from '../audit/audit-log';
import { ConfigError } from '../common/config/settings';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { Writer } from '../database/writer';
import type { Organization } from '../organizations/organization.entity';
import { OrganizationsService } from '../organizations/organizations.service';
import { namedOrganization } from './named-organization';
import { PepperCheck } from './pepper-check';

const ORGANIZATION_NAME = 'My organization';
const FIRST_NAME = 'First Admin key';
const PRESET_NAME = 'Preset Admin key';
const SERVER: Actor = { kind: 'server' };

/** What happened to the first Admin key at start. `key` is only present if the server generated it. */
export type FirstKey =
  { readonly kind: 'made'; readonly key: string } | { readonly kind: 'preset stored' | 'preset added' | 'unchanged' };

/** An organization and an Admin key that was created for it. */
export interface OrganizationWithKey {
  readonly organization: Organization;
  readonly created: CreatedKey;
}

/** A transaction that creates Admin keys. All instances run them one at a time. */
interface AdminKeyWork {
  readonly manager: EntityManager;
  readonly audit: AuditRecorder;
  readonly by: Actor;
}

/** Creates Admin keys outside of the API: the first one, a preset one, and one more when all are lost. */
@Injectable()
export class AdminKeys {
  constructor(
    private readonly keys: KeyService,
    private readonly hasher: KeyHasher,
    private readonly organizations: OrganizationsService,
    private readonly writer: Writer,
    private readonly peppers: PepperCheck,
    private readonly auditLog: AuditLog,
  ) {}

  /**
   * Creates the organization and its Admin key in an empty database, or makes sure that the preset key exists. Any number of
   * instances can call it at once.
   *
   * @throws ConfigError for a preset key that is invalid, a session key or was deleted; for another secret than the audit log was started with;
   *   and for peppers with which no Admin key would be accepted
   */
  async ensureFirst(preset: string | undefined): Promise<FirstKey> {
    if (preset !== undefined) checkPreset(preset);
    await this.auditLog.assertSecret();
    return this.serialized(SERVER, async (transaction) => {
      const first = await this.makeFirst(transaction, preset);
      await this.peppers.check(transaction.manager);
      return first;
    });
  }

  private async makeFirst(transaction: AdminKeyWork, preset: string | undefined): Promise<FirstKey> {
    const first = await this.organizations.findFirst(transaction.manager);
    if (preset === undefined) {
      if (first) return { kind: 'unchanged' };
      return {
        kind: 'made',
        key: (await this.addTo(await this.organization(transaction), transaction, { name: FIRST_NAME })).key,
      };
    }
    const hash = In([...this.hasher.candidates(preset), hashOf(preset)]);
    const known = await transaction.manager.findBy(ApiKey, { hash });
    if (known.some(({ deletedAt }) => deletedAt !== null))
      throw new ConfigError(
        'The preset Admin key was deleted, and a deleted key cannot be restored. Preset another key',
      );
    if (known.some(({ sessionOf }) => sessionOf !== null))
      throw new ConfigError('The preset Admin key is a session key, which expires. Preset another key');
    if (known.length > 0) return { kind: 'unchanged' };
    await this.addTo(first ?? (await this.organization(transaction)), transaction, { name: PRESET_NAME }, preset);
    return { kind: first ? 'preset added' : 'preset stored' };
  }

  /**
   * Creates an Admin key, and the organization if there is none yet.
   *
   * @param ofOrganization its id or name; by default the only organization
   * @throws ConfigError if no organization or several match
   */
  add(by: Actor, wanted: Pick<NewKey, 'name' | 'expiresAt'>, ofOrganization?: string): Promise<CreatedKey> {
    return this.serialized(by, async (transaction) =>
      this.addTo(await this.organization(transaction, ofOrganization), transaction, wanted),
    );
  }

  /** Creates an organization and its first Admin key. */
  addOrganization(by: Actor, name: string): Promise<OrganizationWithKey> {
    return this.serialized(by, async (transaction) => {
      const organization = await this.organizations.create(transaction.manager, transaction.audit, by, name);
      return { organization, created: await this.addTo(organization, transaction, { name: FIRST_NAME }) };
    });
  }

  private serialized<T>(by: Actor, work: (transaction: AdminKeyWork) => Promise<T>): Promise<T> {
    return this.writer.write((manager, audit) => work({ manager, audit, by }), { serializeOn: 'first admin key' });
  }

  private async organization({ manager, audit, by }: AdminKeyWork, wanted?: string): Promise<Organization> {
    const all = await this.organizations.list(manager);
    if (all.length === 0 && wanted === undefined)
      return this.organizations.create(manager, audit, by, ORGANIZATION_NAME);
    return namedOrganization(all, wanted);
  }

  private async addTo(
    { id: organizationId }: Organization,
    { manager, audit, by }: AdminKeyWork,
    wanted: Pick<NewKey, 'name' | 'expiresAt'>,
    text?: string,
  ): Promise<CreatedKey> {
    const created = this.keys.make({ organizationId, bucketId: null }, { ...wanted, type: 'admin' }, text);
    await this.keys.insertUnbounded(manager, audit, by, created);
    return created;
  }
}

function checkPreset(text: string): void {
  if (isKeyText(text) && typeOf(text) === 'admin') return;
  throw new ConfigError(
    'The preset Admin key (DAKKIO_ADMIN_KEY or DAKKIO_ADMIN_KEY_FILE) is not a valid Admin key. `npm run admin-key -- --generate` prints one',
  );
}
