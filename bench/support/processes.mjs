// What Linux tells of a process. Elsewhere the figures are NaN, and reports leave them out.
import { readFileSync } from 'node:fs';

/** The kernel's unit for times in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used, in user and kernel mode, in seconds. */
export function cpuSeconds(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory that a process holds in RAM, in megabytes of 1,000,000 bytes. */
export function residentMegabytes(pid) {
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]) * 1024) / 1e6;
}

/** The most memory that a process has held in RAM so far, in megabytes of 1,000,000 bytes. */
export function peakMegabytes(pid) {
  return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]) * 1024) / 1e6;
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
