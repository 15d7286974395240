// `npm run build`: compiles the server into `dist/`.
import { build, ensureInstalled } from './ready.mjs';

ensureInstalled();
build();
