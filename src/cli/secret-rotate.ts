import { parse, type Command } from './command';
import { stopOnInterrupt } from './progress';

/**
 * Changes the server's secret. Where it is in a file beside an SQLite database, the first call puts a new one there; the next one,
 * after a restart, seals everything under it. Elsewhere the operator sets both secrets.
 */
export const secretRotate: Command = async (args, terminal) => {
  parse(args, { options: {} });
  const { readConfig } = await import('../common/config/config.js');
  const { beginSecretChange, endSecretChange } = await import('../common/server-secret.js');
  const { secretKey, secretKeyPrevious, database } = readConfig(process.env);
  const path =
    secretKey === undefined && secretKeyPrevious === undefined && database.type === 'sqlite' && database.path;
  if (path && beginSecretChange(path)) {
    terminal.out(`A new secret is in ${path}.secret, and the one before in ${path}.secret.previous.`);
    terminal.out(
      'Restart the server if it runs. Then run this command again, which seals everything under the new secret.',
    );
    return 0;
  }
  const { operator, withServer } = await import('./with-server.js');
  const { SecretRotation } = await import('../setup/secret-rotation.js');
  const { changed, unreadable, done } = await withServer((server) =>
    server.get(SecretRotation).run(operator(), (text) => terminal.progress(text), stopOnInterrupt()),
  );
  terminal.progress('');
  terminal.out(`${changed} webhooks were sealed under the present secret`);
  if (unreadable > 0)
    terminal.out(
      `${unreadable} webhooks hold what neither secret opens. Set their webhookUrl again, and rotate their secrets`,
    );
  if (!done) {
    terminal.err('Interrupted. The same command goes on from here.');
    return 1;
  }
  terminal.out('The audit log goes on under the present secret.');
  if (path) endSecretChange(path);
  terminal.out(
    path
      ? `${path}.secret.previous was removed. Back up ${path}.secret.`
      : 'DAKKIO_SECRET_KEY_PREVIOUS is no longer needed: take it away and restart the servers.',
  );
  return 0;
};
