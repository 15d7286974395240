import { errorsPage } from './errors-page';

it('makes headings, paragraphs, lists, code and tables of Markdown', () => {
  const page = errorsPage(
    '# Errors\n\nA **bold** `<code>`\nand [more](keys.md#x), [RFC](https://example.com/a).\n\n- `one`\n- two\n  goes on\n\n' +
      '```json\n{ "a": "<b>" }\n```\n\n## 401 Unauthorized\n\n| Message | Why |\n|---|---|\n| `a <b>`<br>`c \\| d` | x & y |\n',
  );
  const body = /<body>\n([^]*)\n<\/body>/.exec(page)?.[1];
  expect(body?.split('\n')).toEqual([
    '<h1 id="errors">Errors</h1>',
    '<p>A <b>bold</b> <code>&lt;code&gt;</code>',
    'and more, <a href="https://example.com/a">RFC</a>.</p>',
    '<ul><li><code>one</code></li><li>two',
    '  goes on</li></ul>',
    '<pre>{ &quot;a&quot;: &quot;&lt;b&gt;&quot; }</pre>',
    '<h2 id="401-unauthorized">401 Unauthorized</h2>',
    '<table>',
    '<tr><th>Message</th><th>Why</th></tr>',
    '<tr><td><code>a &lt;b&gt;</code><br><code>c \\| d</code></td><td>x &amp; y</td></tr>',
    '</table>',
  ]);
});

it('shows docs/errors.md, with nothing left of its markup', () => {
  const page = errorsPage();
  expect(page.match(/<h2 /g)?.length).toBeGreaterThan(10);
  expect(page).toContain('<code>Invalid or missing API key</code>');
  const text = page.replace(/<code>[^]*?<\/code>|<pre>[^]*?<\/pre>|<style>[^]*?<\/style>/g, '');
  expect(text).not.toMatch(/\*\*|`|\]\(|^\|/m);
});
