import { FailureLog, MAX_LINES } from './failure-log';

const webhook = { id: '507f1f77bcf86cd799439015', receiver: 'example.com' };
const beganToFail = { beganToFail: true, gaveUp: false };

it('logs a webhook that begins to fail and a message that is given up, and no attempt in between', () => {
  const lines: string[] = [];
  const log = new FailureLog((line) => lines.push(line));
  log.note(webhook, 'd1', null, { beganToFail: false, gaveUp: false });
  log.note(webhook, 'd1', 'The receiver answered 500', beganToFail);
  log.note(webhook, 'd1', 'The receiver answered 500', { beganToFail: false, gaveUp: false });
  log.note(webhook, 'd1', 'The receiver answered 502', { beganToFail: false, gaveUp: true });
  expect(lines).toEqual([
    'The webhook of alert rule 507f1f77bcf86cd799439015 failed at example.com: The receiver answered 500',
    'The delivery d1 of alert rule 507f1f77bcf86cd799439015 failed at example.com: The receiver answered 502',
  ]);
});

it('writes a bounded number of lines per minute, and counts the rest', () => {
  const lines: string[] = [];
  const log = new FailureLog((line) => lines.push(line));
  for (let index = 0; index < MAX_LINES + 50; index++) log.note(webhook, 'd1', 'Down', beganToFail, 1000 + index);
  expect(lines).toHaveLength(MAX_LINES);
  log.note(webhook, 'd1', 'Down', beganToFail, 61_001);
  expect(lines.slice(MAX_LINES)).toEqual([
    '50 more failures of webhooks were not logged',
    'The webhook of alert rule 507f1f77bcf86cd799439015 failed at example.com: Down',
  ]);
});
