// A receiver of webhooks on the loopback interface.
import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

/** Starts the receiver on a free port. `next` waits for the next webhook. */
export function startReceiver() {
  const received = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => (text += part));
    request.on('end', () => {
      response.writeHead(204).end();
      received.push({ headers: request.headers, text });
      wake();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}/`,
        port: server.address().port,
        async next() {
          while (received.length === 0) await new Promise((resolveNext) => (wake = resolveNext));
          return received.shift();
        },
        stop() {
          server.closeAllConnections();
          server.close();
        },
      }),
    );
  });
}

/** Verifies a signature as Standard Webhooks describes it (https://www.standardwebhooks.com). */
export function isSigned(secret, { headers, text }) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
