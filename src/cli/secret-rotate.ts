import { parse, type Command } from './command';
import { stopOnInterrupt } from './progress';

/**
 * Changes the server's secret. With a secret file beside an SQLite database, the first call writes a new secret; the second call,
 * after a restart, encrypts everything under it. Otherwise the operator sets both secrets.
 */
export const secretRotate: Command = async (args, terminal) => {
  parse(args, { options: {} });
  const { readConfig } = await import('../common/config/config.js');
  const { beginSecretChange, endSecretChange } = await import('../common/server-secret.js');
  const { secretKey, secretKeyPrevious, database } = readConfig(process.env);
  const path =
    secretKey === undefined && secretKeyPrevious === undefined && database.type === 'sqlite' && database.path;
  if (path && beginSecretChange(path)) {
    terminal.out(`A new secret is in ${path}.secret, and the previous one in ${path}.secret.previous.`);
    terminal.out(
      'Restart the server if it is running. Then run this command again to encrypt everything under the new secret.',
    );
    return 0;
  }
  const { operator, withServer } = await import('./with-server.js');
  const { SecretRotation } = await import('../setup/secret-rotation.js');
  const { changed, unreadable, done } = await withServer((server) =>
    server.get(SecretRotation).run(operator(), (text) => terminal.progress(text), stopOnInterrupt()),
  );
  terminal.progress('');
  terminal.out(`${changed} webhooks were encrypted under the current secret`);
  if (unreadable > 0)
    terminal.out(
      `${unreadable} webhooks cannot be decrypted with either secret. Set their webhookUrl again, and rotate their secrets`,
    );
  if (!done) {
    terminal.err('Interrupted. Run the same command again to continue.');
    return 1;
  }
  terminal.out('The audit log continues under the current secret.');
  if (path) endSecretChange(path);
  terminal.out(
    path
      ? `${path}.secret.previous was removed. Back up ${path}.secret.`
      : 'DAKKIO_SECRET_KEY_PREVIOUS is no longer needed: remove it and restart the servers.',
  );
  return 0;
};
