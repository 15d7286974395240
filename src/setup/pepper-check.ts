import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KeyHasher } from '../api-keys/key-hasher';
import { countByPepper, type PepperCount } from '../api-keys/pepper-counts';
import { ConfigError } from '../common/config/settings';

/** Looks at the start whether the keys in the database can be told with the peppers that the operator gives. */
@Injectable()
export class PepperCheck {
  private readonly logger = new Logger('Peppers');

  constructor(private readonly hasher: KeyHasher) {}

  /**
   * Warns of keys that are refused for their pepper, and says how many of a change-over are still to be rotated.
   *
   * @throws ConfigError where no Admin key would open
   */
  async check(manager: EntityManager): Promise<void> {
    const counted = await countByPepper(manager, Date.now());
    const [present, previous] = this.hasher.acceptedNames;
    const isAccepted = ({ pepper }: PepperCount) =>
      pepper === present || (previous !== undefined && pepper === previous);
    const admins = counted.filter(({ type }) => type === 'admin');
    if (admins.length > 0 && !admins.some(isAccepted))
      throw new ConfigError(
        'No Admin key would open: all were made with another DAKKIO_KEY_PEPPER, or with none. Give that one as DAKKIO_KEY_PEPPER_PREVIOUS, or `none` there, until they are rotated',
      );
    const refused = total(counted.filter((row) => !isAccepted(row)));
    if (refused > 0)
      this.logger.warn(`${refused} keys are refused, since they were made with another DAKKIO_KEY_PEPPER or none`);
    const waiting = previous === undefined ? 0 : total(counted.filter(({ pepper }) => pepper === previous));
    if (waiting > 0) this.logger.log(`${waiting} keys of the previous pepper are still to be rotated`);
  }
}

function total(counted: readonly PepperCount[]): number {
  return counted.reduce((sum, { keys }) => sum + keys, 0);
}
