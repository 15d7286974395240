import { inspect } from 'node:util';
import { newKeyText } from '../api-keys/key-text';
import { ServerLogger } from './logger';
import { redactKeys } from './redact';

function loggerTo(isTTY: boolean, level: 'error' | 'info' | 'debug' = 'debug') {
  const lines: string[] = [];
  return { lines, logger: new ServerLogger(level, { isTTY, write: (line) => lines.push(line) }) };
}

describe('the log', () => {
  it.each([true, false])('shows no key whole, wherever it stands (terminal: %s)', (isTTY) => {
    const { lines, logger } = loggerTo(isTTY);
    const key = newKeyText('admin');
    logger.log(`key ${key}, and ${key}x`, key);
    logger.error('failed', `Error: ${key}\n    at ${key}`, 'Errors');
    logger.warn({ key, nested: { [key]: [key] } });
    logger.debug(new Error(key));
    expect(lines).toHaveLength(4);
    expect(lines.join('')).not.toContain(key);
    expect(lines.join('')).toContain(`${key.slice(0, 13)}...`);
  });

  it('writes one JSON object per line if the output is not a terminal, with stacks', () => {
    const { lines, logger } = loggerTo(false);
    logger.error('failed', 'Error: two\n    lines', 'Errors');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: 'error',
        pid: process.pid,
        timestamp: expect.any(Number),
        message: 'failed',
        context: 'Errors',
        stack: 'Error: two\n    lines',
      },
    ]);
    expect(lines[0]?.match(/\n/g)).toHaveLength(1);
  });

  it.each([true, false])('shows no control character, and each message as one line (terminal: %s)', (isTTY) => {
    const { lines, logger } = loggerTo(isTTY);
    const text = 'one\u001b[2J\u009b31m\u007f\u202e\r\ntwo\u2028';
    logger.log(text, text);
    logger.error('failed', `Error: ${text}\n    at ${text}`, 'Errors');
    logger.warn({ [text]: text, nested: [text] });
    logger.debug(new Error(text));
    expect(lines).toHaveLength(4);
    // eslint-disable-next-line no-control-regex -- the colours are the logger's own
    const shown = lines.map((line) => line.replace(/\u001b\[[0-9;]+m/g, '').trimEnd());
    for (const line of shown) {
      expect(line).not.toMatch(/(?!\n)\p{Cc}|[\u2028\u202e]/u);
      expect(line.match(/^\S.*$/gm)).toHaveLength(1);
    }
    expect(shown[0]).toContain(isTTY ? 'one\\u{1b}[2J' : 'one\\\\u{1b}[2J');
    if (isTTY) return;
    const [first] = lines.map((line) => JSON.parse(line) as { message: string });
    expect(first?.message).toBe('one\\u{1b}[2J\\u{9b}31m\\u{7f}\\u{202e}\\u{d}\\u{a}two\\u{2028}');
  });

  it('respects its level, and leaves out messages of the framework', () => {
    const { lines, logger } = loggerTo(false, 'info');
    logger.debug('quiet', 'Main');
    logger.log('Mapped {/api}', 'RouterExplorer');
    logger.log('loud', 'Main');
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['loud']);
  });

  it('leaves other text unchanged', () => {
    const text = `dakkio_w_abc, dakkio_x_${'a'.repeat(36)}, ${inspect({ a: 1 })}`;
    expect(redactKeys(text)).toBe(text);
  });
});
