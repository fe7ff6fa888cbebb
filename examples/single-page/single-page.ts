// A single-page application, which is a public client: this server only hands out the page and its script.
//
//   rolecall application create --organization northwind --name Newsroom --kind public --json \
//     --redirect-uri http://localhost:3000/ --post-logout-redirect-uri http://localhost:3000/ --browser-origin http://localhost:3000
//   ISSUER=http://localhost:8080 CLIENT_ID=app_… PORT=3000 node examples/single-page/main.ts
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { html } from 'hono/html'

export async function createSinglePageApp({ issuer, clientId }: { issuer: string; clientId: string }): Promise<Hono> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', write: false },
  })
  const policy = `default-src 'none'; script-src 'self'; connect-src ${issuer}; base-uri 'none'; frame-ancestors 'none'`
  return new Hono()
    .get('/page.js', (c) => c.body(outputFiles[0]?.text ?? '', 200, { 'Content-Type': 'text/javascript' }))
    .get('/', (c) => {
      c.header('Content-Security-Policy', policy)
      return c.html(html`<!doctype html>
        <html lang="en" data-issuer="${issuer}" data-client-id="${clientId}">
          <head><title>Newsroom</title><meta name="viewport" content="width=device-width, initial-scale=1"></head>
          <body><main></main><script type="module" src="/page.js"></script></body>
        </html>`)
    })
}
