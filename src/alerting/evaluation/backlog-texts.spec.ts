import { notificationsIn, packed, SLICE_LENGTH, slicesOf } from './backlog-texts';
import type { Notification } from './notification-log';

const notification = (index: number) =>
  ({
    event: { id: `e${index}`, currentValue: '{"temperature":31.5}', reason: null },
    message: { webhookId: `w${index}`, notice: { text: `Wärme über 30 °C ⚠ ${index}`, at: 1_900_000_000_000 + index } },
  }) as unknown as Notification;

describe('the texts of a backlog', () => {
  const notifications = Array.from({ length: 2 * SLICE_LENGTH + 3 }, (_, index) => notification(index));
  const texts = [...slicesOf(notifications)];

  it('hold all notifications in order, as JSON and compressed', async () => {
    const compressed = await Promise.all(texts.map(packed));
    expect(texts.map((text) => notificationsIn(text).length)).toEqual([SLICE_LENGTH, SLICE_LENGTH, 3]);
    expect(texts.flatMap(notificationsIn)).toEqual(notifications);
    expect(compressed.flatMap(notificationsIn)).toEqual(notifications);
  });

  it('are much shorter when compressed', async () => {
    const [text = ''] = texts;
    expect((await packed(text)).length).toBeLessThan(text.length / 4);
  });
});
