import { startApp, type TestApp } from '../support/test-app';

const ORIGIN = 'https://dash.example';
const CORS_HEADER = /^access-control-/;

let server: TestApp;
afterEach(() => server.stop());

async function corsHeaders(method: string, path: string, headers: Record<string, string>) {
  const answer = await server.call(method, path, { headers });
  const found = [...answer.headers].filter(([name]) => CORS_HEADER.test(name));
  return { status: answer.status, ...Object.fromEntries(found) };
}

const preflight = (origin: string) => ({
  Origin: origin,
  'Access-Control-Request-Method': 'POST',
  'Access-Control-Request-Headers': 'x-api-key,content-type',
});

describe('CORS', () => {
  it('is disabled when no origin is configured', async () => {
    server = await startApp();
    expect(await corsHeaders('GET', '/api/buckets', { Origin: ORIGIN })).toEqual({ status: 401 });
    expect(await corsHeaders('OPTIONS', '/api/buckets', preflight(ORIGIN))).toEqual({ status: 204 });
  });

  it('allows exactly the configured origins on every reply, never with credentials', async () => {
    server = await startApp({ DAKKIO_CORS_ORIGINS: `${ORIGIN}, http://localhost:5173` });
    for (const origin of [ORIGIN, 'http://localhost:5173']) {
      const allowed = {
        'access-control-allow-origin': origin,
        'access-control-expose-headers':
          'X-Request-Id,X-Error-Code,Link,Retry-After,WWW-Authenticate,RateLimit,RateLimit-Policy,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,' +
          'Content-Disposition,X-Has-More,X-Next-Cursor,X-Downsampling-Applied,X-Overflow',
      };
      expect(await corsHeaders('GET', '/health/live', { Origin: origin })).toEqual({ status: 200, ...allowed });
      expect(await corsHeaders('GET', '/api/buckets', { Origin: origin })).toEqual({ status: 401, ...allowed });
      expect(await corsHeaders('GET', '/nope', { Origin: origin })).toEqual({ status: 404, ...allowed });
      expect(await corsHeaders('OPTIONS', '/api/buckets', preflight(origin))).toEqual({
        status: 204,
        ...allowed,
        'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
        'access-control-allow-headers': 'x-api-key,content-type',
        'access-control-max-age': '600',
      });
    }
  });

  it('allows no other origin', async () => {
    server = await startApp({ DAKKIO_CORS_ORIGINS: ORIGIN });
    for (const origin of [
      'https://evil.example',
      'http://dash.example',
      'https://dash.example:8443',
      'https://dash.example.evil.example',
      'https://sub.dash.example',
      'HTTPS://DASH.EXAMPLE',
      'null',
      '*',
    ]) {
      expect(await corsHeaders('GET', '/health/live', { Origin: origin })).not.toHaveProperty([
        'access-control-allow-origin',
      ]);
      expect(await corsHeaders('OPTIONS', '/api/buckets', preflight(origin))).not.toHaveProperty([
        'access-control-allow-origin',
      ]);
    }
    expect((await server.call('GET', '/health/live')).headers.get('vary')).toBe('Origin');
  });
});
