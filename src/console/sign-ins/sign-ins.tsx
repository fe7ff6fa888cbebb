// Sign-ins: every attempt, and the page of one with its trace: what was received, what was checked, what became of it.
import { type Context, Hono } from 'hono'
import { getAttempt, listAttempts, type SignInAttempt } from '#access/sign-in/attempts.ts'
import { type Connection, listConnections } from '#connections/sign-in/connections.ts'
import { renderPage } from '#http/pages.ts'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf, listingContext } from '../ui/env.ts'
import { AttemptPage } from './attempt-page.tsx'
import { outcomes } from './attempt-words.ts'
import { createLinkRequestPages } from './link-requests.tsx'
import { type AttemptQuery, SignInListPage } from './list-page.tsx'

const pageSize = 50

/** @returns an app to be mounted at `/console/sign-ins` */
export function createSignInPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const [frame, query] = [frameOf(c), queryOf(c)]
    const { after, outcome, reference, q, connection, person } = query
    const found = await listAttempts(listingContext(frame), {
      ...{ reference, q, connectionId: connection, userId: person, outcome, after },
      limit: pageSize + 1,
    })
    const attempts = found.slice(0, pageSize)
    const next = found.length > pageSize ? attempts.at(-1)?.id : undefined
    const connections = await connectionsOf(c)
    return renderPage(c, <SignInListPage {...{ frame, query, attempts, next, connections }} />)
  })

  pages.route('/link-requests', createLinkRequestPages())

  pages.get('/:id', async (c) => {
    const frame = frameOf(c)
    const attempt = await getAttempt(frame.ctx, c.req.param('id'))
    const connection = (await connectionsOf(c)).find(({ id }) => id === attempt.connectionId)
    return renderPage(c, <AttemptPage {...{ frame, attempt, connection }} />)
  })
  return pages
}

const connectionsOf = (c: Context<ConsoleEnv>): Promise<Connection[]> =>
  isPermitted(c.get('ctx'), 'connections.read') ? listConnections(c.get('ctx')) : Promise.resolve([])

const isOutcome = (text: string): text is SignInAttempt['outcome'] => Object.hasOwn(outcomes, text)

/** What is in the address, without what cannot be meant. */
function queryOf(c: Context<ConsoleEnv>): AttemptQuery {
  const { reference, q, connection = '', person = '', outcome = '', after = '' } = c.req.query()
  const idOf = (prefix: 'con' | 'usr' | 'att', text: string) => (isId(prefix, text) ? text : undefined)
  return {
    reference: plain(reference),
    q: plain(q),
    connection: idOf('con', connection),
    person: idOf('usr', person),
    outcome: isOutcome(outcome) ? outcome : undefined,
    after: idOf('att', after),
  }
}

const plain = (text: string | undefined): string | undefined => {
  const cut = text?.replaceAll('\0', '').trim().slice(0, 200)
  return cut === '' ? undefined : cut
}
