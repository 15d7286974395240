import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A client in a thread of its own, which sends requests as fast as they go, while the server is at work. As in many clients, a write
 * that fails is the end.
 *
 * Its data: `port`, the `bytes` of the request, whether it `isReading` while it sends or only when it has sent everything, and how
 * many `times`. It posts the status of each answer, or the error that came before one.
 */
function send({ port, bytes, isReading }) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    let isSent = false;
    let isAnswered = false;
    const settle = () => isSent && isAnswered && socket.destroy();
    const read = () =>
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (!received.includes('"}')) return;
        isAnswered = true;
        resolve(received.slice('HTTP/1.1 '.length, 'HTTP/1.1 401'.length));
        settle();
      });
    socket.on('error', ({ code }) => resolve(code)).on('close', () => resolve('closed'));
    if (isReading) read();
    socket.write(bytes, (error) => {
      if (error) return;
      if (!isReading) read();
      isSent = true;
      settle();
    });
  });
}

for (let time = 0; time < workerData.times; time++) parentPort.postMessage(await send(workerData));
