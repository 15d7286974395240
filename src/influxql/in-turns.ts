import type { YieldTurn } from '../common/http/yield';

/** Items that are handled within one or two milliseconds. */
export const ITEMS_PER_TURN = 500;

/** Gives items one by one, and yields to other work after every 500. */
export async function* inTurns<Item>(items: Iterable<Item>, yieldTurn: YieldTurn): AsyncGenerator<Item> {
  let count = 0;
  for (const item of items) {
    count += 1;
    if (count % ITEMS_PER_TURN === 0) await yieldTurn();
    yield item;
  }
}
