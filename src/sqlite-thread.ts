// The program of the thread that stores batches in SQLite.
import { serveTasks } from './database/thread/serve-tasks';
import { POINT_CALLS } from './points/thread-calls';

serveTasks(POINT_CALLS);
