// The pages of emulated identity providers: plain HTML that works without script, with a content security policy that
// allows exactly the style and script it carries.
import { createHash } from 'node:crypto'
import { displayName, type Person } from './person.ts'

export type Page = { html: string; headers: Record<string, string> }

type Fields = Record<string, string | undefined>

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
* { box-sizing: border-box; overflow-wrap: anywhere }
body { max-width: 30rem; margin: 12vh auto; padding: 0 1rem }
h1 { font-size: 1.5rem }
ul { list-style: none; padding: 0 }
button { font: inherit; width: 100%; min-height: 3rem; margin: .25rem 0; padding: .5rem 1rem; text-align: start;
  border: 1px solid; border-radius: .5rem; background: transparent; color: inherit; cursor: pointer }
button:hover, button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px }
small { display: block }
`
const submitScript = 'document.forms[0].submit()'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

// No form-action: browsers apply it to redirects behind the form too, and those lead to addresses this page cannot know.
const policy = (script: string) =>
  `default-src 'none'; style-src ${hashOf(style)}; script-src ${script}; base-uri 'none'; frame-ancestors 'none'`

/** Makes text safe as HTML content and inside a double-quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)

/** A page around HTML that is safe already. */
export function htmlPage(title: string, body: string, script = "'none'"): Page {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy(script),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  return { html, headers }
}

/** The same as an answer. */
export const respondWith = (page: Page, status = 200): Response =>
  new Response(page.html, { status, headers: page.headers })

const hiddenFields = (fields: Fields): string =>
  Object.entries(fields)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n')

type SignInPage = { provider: string; people: readonly Person[]; action: string; fields: Fields; isRefusable?: boolean }

/** One button for each person. The chosen one arrives as `person`; the refusal as an empty `person`. */
export function signInPage({ provider, people, action, fields, isRefusable = false }: SignInPage): Page {
  const buttons = people.map(
    (person) => `<li><button name="person" value="${escapeHtml(person.id)}">${escapeHtml(displayName(person))}
<small>${escapeHtml(person.email)}</small></button></li>`,
  )
  const refusal = isRefusable ? '<button name="person" value="">Do not sign in</button>' : ''
  const body = `<p>This identity provider is emulated. Choose who you are.</p>
<form method="post" action="${escapeHtml(action)}">
${hiddenFields(fields)}
<ul>
${buttons.join('\n')}
</ul>
${refusal}
</form>`
  return htmlPage(`Sign in to ${provider}`, body)
}

/** A form that sends itself, and has a button for browsers without script. */
export function autoSubmitPage(action: string, fields: Fields): Page {
  const body = `<form method="post" action="${escapeHtml(action)}">
${hiddenFields(fields)}
<noscript><button>Continue</button></noscript>
</form>
<script>${submitScript}</script>`
  return htmlPage('Signing in', body, hashOf(submitScript))
}
