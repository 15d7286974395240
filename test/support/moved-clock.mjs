// Loaded into a server process before anything else: its clock goes wrong by as many milliseconds as the file says.
import { readFileSync } from 'node:fs';

const now = Date.now;
Date.now = () => now() + Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8'));
