import { expect, test } from 'vitest';
import { html } from './markup.ts';

test('what is put into a template is text, in elements and in attributes', () => {
  const name = `"><script>alert('x')</script>`;
  expect(html`<a title="${name}">${name}</a>`.html).toBe(
    '<a title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</a>',
  );
});

test('templates in templates stay markup; nothing stays nothing; lists are joined', () => {
  expect(html`<p>${false}${undefined}${[html`<b>${1}</b>`, 'a<']}</p>`.html).toBe('<p><b>1</b>a&lt;</p>');
});

test('control characters and overrides of direction are seen, not obeyed', () => {
  expect(html`${'a\u001b[2Jb\u0000\u202ec\u009b'}\n`.html).toBe('a␛[2Jb␀\u{fffd}c\u{fffd}\n');
});
