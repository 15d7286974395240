import { routeRights } from '../../src/auth/route-rights';
import { AppModule } from '../../src/app.module';
import { readConfig } from '../../src/common/config/config';

/** The application, for what its decorators declare. It is not started. */
export const APP = AppModule.forRoot(readConfig({}));

/** The right to every route that takes a key. */
export const RIGHTS = routeRights(APP);
