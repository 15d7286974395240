import { ConnectionTurns } from './connections/connection-turns';

/** Chunks of 64 KiB of large bodies and messages that are read in one turn of the event loop: each takes about 1 ms. */
export const CHUNKS_PER_TURN = 2;

/** Reads the chunks of large bodies and messages of all connections in turns, a few per turn of the event loop. */
export const chunkTurns = new ConnectionTurns(CHUNKS_PER_TURN);
