const STYLE = `:root { color-scheme: light dark; --text: #1c1c1e; --quiet: #636366; --back: #fff; --line: #d8d8dc; --link: #0b57d0 }
@media (prefers-color-scheme: dark) { :root { --text: #f2f2f7; --quiet: #a1a1a8; --back: #1c1c1e; --line: #3a3a3e; --link: #8ab4f8 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 40rem; margin: 3rem auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem; margin: 0 } h1 small { font-weight: normal; font-size: 1rem; color: var(--quiet) }
ul { list-style: none; padding: 0; margin: 2rem 0; border-top: 1px solid var(--line) } li { padding: .75rem 0; border-bottom: 1px solid var(--line) }
a { color: var(--link) } li span, p { color: var(--quiet) } li span { display: block } code { font: .875em ui-monospace, monospace }`;

const DOCS_LINKS = [
  ['docs', 'API documentation', 'Every operation, with forms to try them'],
  ['docs/errors', 'Errors', 'What each error means and how to fix it'],
  ['docs-json', 'OpenAPI document', 'For generators and clients; docs-yaml is the same in YAML'],
];
const HEALTH_LINKS = [['health/ready', 'Readiness', 'Whether the server can serve requests']];

/** The page that a browser shows at the root without the console. Its links are relative: a proxy may serve all of it under a prefix. */
export function linksPage(version: string, docs: boolean): string {
  const links = [...(docs ? DOCS_LINKS : []), ...HEALTH_LINKS];
  const items = links.map(([path, title, about]) => `<li><a href="${path}">${title}</a><span>${about}</span></li>`);
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Dakkio</title><style>${STYLE}</style></head>
<body>
<h1>Dakkio <small>${version}</small></h1>
<p>Time-series data in buckets, and the API keys that protect it.</p>
<ul>
${items.join('\n')}
</ul>
<p>Every request to <code>/api</code> needs a key. The server prints an Admin key at its first start; <code>README.md</code> in its folder
shows the first steps.</p>
</body>
</html>
`;
}
