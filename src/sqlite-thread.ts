// The program of the worker threads that use SQLite.
import { serveTasks } from './database/thread/serve-tasks';
import { POINT_CALLS } from './points/thread-calls';

serveTasks(POINT_CALLS);
