import type { Socket } from 'node:net';

const watched = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back when a connection closes. A pipelined request gets no `close` event on its response, and one listener per request
 * would be too many for a socket, so the requests of a socket share one.
 *
 * @returns a function that removes the callback
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
