// A host application that leaves sign-in and decisions to Rolecall, with the kit of sdk/ in Hono: it shows people their roles for
// each brand, asks before it publishes, and signs people out when Rolecall says that their session has ended.
//
//   rolecall application create --organization northwind --name Newsroom --json \
//     --redirect-uri http://localhost:3000/callback --post-logout-redirect-uri http://localhost:3000/ \
//     --backchannel-logout-uri http://localhost:3000/backchannel-logout      (on loopback: ALLOW_LOOPBACK=true)
//   rolecall api-key create --organization northwind --name Newsroom --json
//   ISSUER=http://localhost:8080 CLIENT_ID=app_… CLIENT_SECRET=rca_… API_KEY=rck_… PORT=3000 node examples/host-app/main.ts
import { Hono } from 'hono'
import { html } from 'hono/html'
// In a product of yours these are '@rolecall/sdk' and '@rolecall/sdk/hono'.
import { requirePermission, sessionOf, withRolecall } from '#sdk/hono.ts'
import { createRolecall } from '#sdk/rolecall.ts'

export type Settings = {
  issuer: string
  clientId: string
  clientSecret: string
  apiKey: string
  origin: string
  cookieSecret: string
}

export function createHostApp({ origin, ...settings }: Settings): Hono {
  const rolecall = createRolecall({ ...settings, redirectUri: `${origin}/callback` })
  const app = new Hono()
  app.use(withRolecall(rolecall))

  app.get('/', async (c) => {
    const session = sessionOf(c)
    if (session === undefined) return c.html(html`<h1>Newsroom</h1><a href="/sign-in">Sign in</a>`)
    const { name, organization, roles = [], brands = [] } = session.claims
    const rows = brands.map(async (brand) => {
      const decision = await rolecall.can(session, 'content.publish', { brand: brand.id })
      return html`<li>${brand.slug}: ${brand.roles.join(', ')} (${decision ? 'may publish' : 'may not publish'})</li>`
    })
    return c.html(html`<h1>Hello ${name}</h1><p>${organization?.name}. Roles: ${roles.join(', ') || 'none'}</p>
      <ul>${await Promise.all(rows)}</ul><form method="post" action="/sign-out"><button>Sign out</button></form>`)
  })

  const mayPublish = requirePermission(rolecall, 'content.publish', (c) => ({ brand: c.req.param('brand') ?? '' }))
  app.post('/brands/:brand/publish', mayPublish, (c) => c.text(`Published in ${c.req.param('brand')}\n`))
  return app
}
