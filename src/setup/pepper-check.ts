import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KeyHasher } from '../api-keys/key-hasher';
import { countByPepper, type PepperCount } from '../api-keys/pepper-counts';
import { ConfigError } from '../common/config/settings';

/** Checks at start whether the configured peppers match the keys in the database. */
@Injectable()
export class PepperCheck {
  private readonly logger = new Logger('Peppers');

  constructor(private readonly hasher: KeyHasher) {}

  /**
   * Warns about keys that are rejected because of their pepper, and logs how many keys with the previous pepper remain.
   *
   * @throws ConfigError if no Admin key would be accepted
   */
  async check(manager: EntityManager): Promise<void> {
    const counted = await countByPepper(manager, Date.now());
    const [present, previous] = this.hasher.acceptedNames;
    const isAccepted = ({ pepper }: PepperCount) =>
      pepper === present || (previous !== undefined && pepper === previous);
    const admins = counted.filter(({ type }) => type === 'admin');
    if (admins.length > 0 && !admins.some(isAccepted))
      throw new ConfigError(
        'No Admin key would be accepted: all were created with another DAKKIO_KEY_PEPPER, or with none. Set DAKKIO_KEY_PEPPER_PREVIOUS to that pepper, or to `none`, until they are rotated',
      );
    const refused = total(counted.filter((row) => !isAccepted(row)));
    if (refused > 0)
      this.logger.warn(`${refused} keys are rejected because they were created with another DAKKIO_KEY_PEPPER or none`);
    const waiting = previous === undefined ? 0 : total(counted.filter(({ pepper }) => pepper === previous));
    if (waiting > 0) this.logger.log(`${waiting} keys with the previous pepper must still be rotated`);
  }
}

function total(counted: readonly PepperCount[]): number {
  return counted.reduce((sum, { keys }) => sum + keys, 0);
}
