import { Injectable } from '@nestjs/common';
import { AuditChain } from '../audit/audit-chain';
import { ConfigError } from '../common/config/settings';
import type { Actor } from '../common/audit-event';
import { ServerSecret } from '../common/server-secret';
import { WebhookResealing, type Resealed } from '../webhooks/webhook-resealing';

const NO_PREVIOUS =
  'There is no secret to change from. Set DAKKIO_SECRET_KEY to the new secret and DAKKIO_SECRET_KEY_PREVIOUS to the one before, ' +
  'restart every server, then run this command again. `openssl rand -hex 32` prints a secret';

/** Brings everything that is sealed under the previous secret under the present one. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly secret: ServerSecret,
    private readonly webhooks: WebhookResealing,
    private readonly chain: AuditChain,
  ) {}

  /**
   * Seals webhooks and the audit log under the present secret. Both secrets open everything meanwhile; run again after an
   * interruption, it goes on where it was.
   *
   * @throws ConfigError where there is no previous secret
   */
  async run(by: Actor, onProgress: (text: string) => void, isStopped: () => boolean): Promise<Resealed> {
    if (!this.secret.hasPrevious) throw new ConfigError(NO_PREVIOUS);
    const tell = (count: number) => onProgress(`${count} webhooks`);
    const resealed = await this.webhooks.run([{}], { onProgress: tell, isStopped });
    if (!resealed.done || isStopped()) return { ...resealed, done: false };
    await this.chain.changeSecret(by, (done, of) => onProgress(`${done} of ${of} rows of the audit log`));
    return resealed;
  }
}
