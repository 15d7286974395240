import type { Socket } from 'node:net';

const watched = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back when a connection closes. The response's own `close` event does not come for a request that is pipelined behind
 * another, and a listener for each of these requests would be too many for one socket: they share one.
 *
 * @returns what stops the watch
 */
export function onGone(socket: Socket, callback: () => void): () => void {
  let callbacks = watched.get(socket);
  if (!callbacks) {
    const fresh = (callbacks = new Set());
    watched.set(socket, fresh);
    socket.once('close', () => {
      for (const one of fresh) one();
    });
  }
  const own = callbacks;
  own.add(callback);
  return () => own.delete(callback);
}
