// The same host application in Express, with sessions in a store instead of the cookie.
import express, { type Express } from 'express'
// In a product of yours these are '@rolecall/sdk' and '@rolecall/sdk/express'.
import { requirePermission, requireSignIn, sessionOf, withRolecall } from '#sdk/express.ts'
import { createRolecall, memoryStore } from '#sdk/rolecall.ts'
import type { Settings } from '../host-app/host-app.ts'

export function createExpressApp({ origin, ...settings }: Settings): Express {
  // A product with more than one process keeps sessions in its database.
  const rolecall = createRolecall({ ...settings, redirectUri: `${origin}/callback`, store: memoryStore() })
  const app = express()
  app.use(withRolecall(rolecall))

  app.get('/', (request, response) => {
    const session = sessionOf(request)
    const link = '<a href="/sign-in">Sign in</a>'
    const button = '<form method="post" action="/sign-out"><button>Sign out</button></form>'
    response.send(`<h1>Newsroom</h1>${session === undefined ? link : button}`)
  })
  app.get('/me', requireSignIn(rolecall), (request, response) => {
    response.json(sessionOf(request)?.claims)
  })

  const mayPublish = requirePermission(rolecall, 'content.publish', ({ params }) => ({
    brand: String(params['brand']),
  }))
  app.post('/brands/:brand/publish', mayPublish, (request, response) => {
    response.send(`Published in ${request.params['brand']}\n`)
  })
  return app
}
