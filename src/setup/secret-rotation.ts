import { Injectable } from '@nestjs/common';
import { AuditChain } from '../audit/audit-chain';
import { ConfigError } from '../common/config/settings';
import type { Actor } from '../common/audit-event';
import { ServerSecret } from '../common/server-secret';
import { WebhookResealing, type Resealed } from '../webhooks/webhook-resealing';

const NO_PREVIOUS =
  'There is no previous secret. Set DAKKIO_SECRET_KEY to the new secret and DAKKIO_SECRET_KEY_PREVIOUS to the previous one, ' +
  'restart every server, then run this command again. `openssl rand -hex 32` prints a secret';

/** Reseals everything that is sealed with the previous secret. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly secret: ServerSecret,
    private readonly webhooks: WebhookResealing,
    private readonly chain: AuditChain,
  ) {}

  /**
   * Seals webhooks and the audit log with the current secret. Both secrets work meanwhile. After an interruption, run it again to
   * continue.
   *
   * @throws ConfigError if there is no previous secret
   */
  async run(by: Actor, onProgress: (text: string) => void, isStopped: () => boolean): Promise<Resealed> {
    if (!this.secret.hasPrevious) throw new ConfigError(NO_PREVIOUS);
    const report = (count: number) => onProgress(`${count} webhooks`);
    const resealed = await this.webhooks.run([{}], { onProgress: report, isStopped });
    if (!resealed.done || isStopped()) return { ...resealed, done: false };
    await this.chain.changeSecret(by, (done, of) => onProgress(`${done} of ${of} rows of the audit log`));
    return resealed;
  }
}
