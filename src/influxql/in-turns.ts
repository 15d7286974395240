import { TurnPace, type YieldTurn } from '../common/http/yield';

/** Items that are read, sorted or sent at a time: a piece takes one or two milliseconds. */
export const ITEMS_PER_TURN = 500;

/** Gives items one by one, and yields to other work after each millisecond. */
export async function* inTurns<Item>(items: Iterable<Item>, yieldTurn: YieldTurn): AsyncGenerator<Item> {
  const pace = new TurnPace(yieldTurn);
  for (const item of items) {
    if (pace.isDue) await pace.yield();
    yield item;
  }
}
