import { MAX_KEPT_SESSIONS, MAX_WAITING_WILL_BYTES, Sessions } from './sessions';
import { STORED } from '../storing/verdict';
import { MAX_UNRELEASED, MAX_UNRELEASED_OF_ALL } from './unreleased-messages';

const DAY_MILLIS = 86_400_000;
const KEPT = { isOver: false, keptMillis: DAY_MILLIS };

let sessions: Sessions;
beforeEach(() => (sessions = new Sessions()));
afterEach(() => sessions.stop());

function open(lineId: string, clientId: string) {
  const holder = { takenOver: () => undefined };
  const opened = sessions.open({ lineId, clientId, isFresh: false }, holder);
  return { ...opened, close: (how = KEPT) => sessions.close(opened.session, holder, how) };
}

describe('the sessions of one rotation line', () => {
  it('do not displace those of another', () => {
    open('calm', 'sensor').close();
    for (let index = 0; index < 2 * MAX_KEPT_SESSIONS; index++) open('busy', String(index)).close();
    expect(open('calm', 'sensor').isResumed).toBe(true);
    expect(open('busy', '0').isResumed).toBe(false);
    expect(open('busy', String(2 * MAX_KEPT_SESSIONS - 1)).isResumed).toBe(true);
  });

  it('send the will that waits in one that is displaced', () => {
    const sent: string[] = [];
    const first = open('busy', 'first');
    first.close();
    first.session.sendWillLater(() => sent.push('first'), { delayMillis: DAY_MILLIS, bytes: 10 });
    for (let index = 0; index < MAX_KEPT_SESSIONS; index++) open('busy', String(index)).close();
    expect(sent).toEqual(['first']);
  });

  it('keep wills of an eighth of the bytes: further ones are sent at once', () => {
    const sent: string[] = [];
    const bytes = MAX_WAITING_WILL_BYTES / 16;
    const withWill = (lineId: string, clientId: string) => {
      const client = open(lineId, clientId);
      client.close();
      client.session.sendWillLater(() => sent.push(clientId), { delayMillis: DAY_MILLIS, bytes });
    };
    for (const clientId of ['1', '2', '3']) withWill('busy', clientId);
    withWill('calm', '4');
    expect(sent).toEqual(['3']);
    // A client that comes back makes room.
    open('busy', '1');
    withWill('busy', '5');
    withWill('busy', '6');
    expect(sent).toEqual(['3', '6']);
  });
});

describe('messages of QoS 2 that are not released', () => {
  const fill = (lineId: string, clients: number) =>
    Array.from({ length: clients }, (_, client) => {
      const { session, close } = open(lineId, `client ${client}`);
      for (let id = 1; id <= MAX_UNRELEASED; id++) session.unreleased.set(id, Promise.resolve(STORED));
      return { session, close };
    });

  it('are bounded for each client, and for each rotation line', () => {
    const clients = MAX_UNRELEASED_OF_ALL / 8 / MAX_UNRELEASED;
    const [first] = fill('busy', clients);
    const last = open('busy', 'last').session.unreleased;
    expect(first?.session.unreleased.excessOf(MAX_UNRELEASED + 1)).toBe('client');
    expect(first?.session.unreleased.excessOf(1)).toBeUndefined();
    expect(last.excessOf(1)).toBe('key');
    expect(open('calm', 'sensor').session.unreleased.excessOf(1)).toBeUndefined();
    first?.session.unreleased.delete(1);
    expect(last.excessOf(1)).toBeUndefined();
  });

  it('end with a session that is not kept', () => {
    const clients = fill('busy', MAX_UNRELEASED_OF_ALL / 8 / MAX_UNRELEASED);
    for (const { close } of clients) close({ isOver: true, keptMillis: 0 });
    expect(open('busy', 'last').session.unreleased.excessOf(1)).toBeUndefined();
  });
});
