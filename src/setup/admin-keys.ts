import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiKey } from '../api-keys/api-key.entity';
import { hashOf, isKeyText, newKeyText, typeOf } from '../api-keys/key-text';
import { KeyService, type CreatedKey } from '../api-keys/key.service';
import { ConfigError } from '../common/config/settings';
import { Writer } from '../database/writer';
import { OrganizationsService } from '../organizations/organizations.service';

const ORGANIZATION_NAME = 'My organization';
const PRESET_NAME = 'Preset Admin key';

/** What became of the first Admin key at a start. The text is there only when the server made it up itself. */
export type FirstKey =
  { readonly kind: 'made'; readonly key: string } | { readonly kind: 'preset stored' | 'preset added' | 'unchanged' };

/** The Admin keys that the operator makes beside the API: the first one, a preset one, and one more when all are lost. */
@Injectable()
export class AdminKeys {
  constructor(
    private readonly keys: KeyService,
    private readonly organizations: OrganizationsService,
    private readonly writer: Writer,
  ) {}

  /**
   * Makes the organization and its Admin key on an empty database, or sees to it that the preset key is there. Any number
   * of instances may ask at once.
   *
   * @throws ConfigError for a preset key that is not well-formed, or that was deleted before
   */
  ensureFirst(preset: string | undefined): Promise<FirstKey> {
    if (preset !== undefined) checkPreset(preset);
    return this.inTurn(async (manager) => {
      const organization = await this.organizations.findFirst(manager);
      if (preset === undefined) {
        if (organization) return { kind: 'unchanged' };
        return { kind: 'made', key: (await this.insert(manager, 'First Admin key', newKeyText('admin'))).key };
      }
      const known = await manager.findOneBy(ApiKey, { hash: hashOf(preset) });
      if (known && known.deletedAt !== null)
        throw new ConfigError(
          'The preset Admin key was deleted before, and a deleted key cannot come back. Preset another one',
        );
      if (known) return { kind: 'unchanged' };
      await this.insert(manager, PRESET_NAME, preset);
      return { kind: organization ? 'preset added' : 'preset stored' };
    });
  }

  /** Makes one more Admin key, and the organization if there is none yet. */
  add(name: string): Promise<CreatedKey> {
    return this.inTurn((manager) => this.insert(manager, name, newKeyText('admin')));
  }

  private inTurn<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.writer.write(work, { serializeOn: 'first admin key' });
  }

  private async insert(manager: EntityManager, name: string, key: string): Promise<CreatedKey> {
    const organization =
      (await this.organizations.findFirst(manager)) ?? (await this.organizations.create(manager, ORGANIZATION_NAME));
    return this.keys.insert(manager, { organizationId: organization.id, bucketId: null }, { name, type: 'admin' }, key);
  }
}

function checkPreset(text: string): void {
  if (isKeyText(text) && typeOf(text) === 'admin') return;
  throw new ConfigError(
    'The preset Admin key (DAKKIO_ADMIN_KEY or DAKKIO_ADMIN_KEY_FILE) is not a well-formed Admin key. `npm run admin-key -- --generate` prints one',
  );
}
