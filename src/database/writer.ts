import type { EntityManager } from 'typeorm';

export interface WriteOptions {
  /** Work with the same text here never runs at the same time, on any instance of the server. */
  readonly serializeOn?: string;
}

/**
 * The one way to change the database. Each piece of work is a transaction of its own to its caller: the promise resolves
 * when its changes are on disk, and a throw undoes them and nothing else. Work talks to the database through the manager
 * that it is given, and waits for nothing but the database.
 */
export abstract class Writer {
  abstract write<T>(work: (manager: EntityManager) => Promise<T>, options?: WriteOptions): Promise<T>;
}
