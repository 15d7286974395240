import { pageSecurityWith } from '../common/http/page-security';

/**
 * The console runs its own files alone: no inline code, nothing of another host, no form, no frame, and no text that becomes markup
 * (Trusted Types).
 */
export const consoleSecurity = pageSecurityWith({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'require-trusted-types-for': ["'script'"],
  },
});
