import { html, Markup } from './markup.ts';

export interface Assets {
  /** Style sheet and script, whole: the file may need nothing else. */
  css: string;
  js: string;
}

export interface Contents {
  title: string;
  /** What stands in the heading, and small below it. */
  heading: Markup;
  below: Markup;
  main: Markup;
  footer: Markup;
}

/** A document, whole: one file that opens from disk and asks the network for nothing. */
export function shell({ title, heading, below, main, footer }: Contents, { css, js }: Assets): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
<title>${title}</title>
<style>${new Markup(css)}</style>
</head>
<body>
<header>
<p class="brand">rollproof</p>
<h1>${heading}</h1>
<p class="run">${below}</p>
</header>
<main>
${main}
</main>
<footer>${footer}</footer>
<script>${new Markup(js.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'))}</script>
</body>
</html>
`.html;
}
