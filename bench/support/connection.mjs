// One connection of HTTP/1.1 that is kept open, with one request outstanding on it.
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

const LOOPBACK = '127.0.0.1';
const READ_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Opens a connection. `answer` is given the socket and each whole answer; `fail` whatever ends it before its time. */
export function open(port, answer, fail) {
  let pending = Buffer.alloc(0);
  const take = (length, buffer) => {
    const read = buffer.subarray(0, length);
    const whole = pending.length === 0 ? read : Buffer.concat([pending, read]);
    const got = parse(whole);
    // The buffer is used again for the next read.
    pending = got ? Buffer.alloc(0) : Buffer.from(whole);
    if (got) answer(socket, got);
    return true;
  };
  const socket = connect({ port, host: LOOPBACK, onread: { buffer: Buffer.alloc(READ_BYTES), callback: take } });
  socket.setNoDelay(true);
  return socket.on('error', fail).on('close', () => fail(new Error('The server closed a connection')));
}

/** The one answer in these bytes, or nothing while it is not whole. */
function parse(bytes) {
  const headLength = bytes.indexOf(HEAD_END, 0, 'latin1');
  if (headLength === -1) return undefined;
  const head = bytes.latin1Slice(0, headLength).toLowerCase();
  if (!isWhole(bytes, head, headLength + HEAD_END.length)) return undefined;
  return {
    status: Number(head.slice(9, 12)),
    get text() {
      return bytes.toString('utf8');
    },
  };
}

function isWhole(bytes, head, bodyStart) {
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return bytes.length >= bodyStart + Number(length);
  // No Content: there is no body.
  if (head.startsWith('204', 9)) return true;
  return head.includes('\r\ntransfer-encoding: chunked') && bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}
