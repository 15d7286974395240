// Loaded into a server process before anything else: once the file that KILL_FILE names exists, the process kills itself just before it
// sends the next 201. What that request changed is committed, and nobody is told.
import { existsSync } from 'node:fs';
import { ServerResponse } from 'node:http';

const { writeHead } = ServerResponse.prototype;
ServerResponse.prototype.writeHead = function (status, ...others) {
  if (status === 201 && existsSync(process.env.KILL_FILE)) process.kill(process.pid, 'SIGKILL');
  return writeHead.call(this, status, ...others);
};
