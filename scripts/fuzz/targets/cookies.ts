// The Cookie header: of a session, of a sign-in under way, and whatever else a browser or its enemy sends along. A session is only ever
// the one whose whole token comes.
import fc from 'fast-check'
import type { TestApp } from '../../../test/support/app.ts'
import { createManager } from '../../../test/support/console.ts'
import { createSamlConnection } from '../../../test/support/sign-in.ts'
import type { Player, Target } from '../target.ts'

const names = [
  ...['__Host-rolecall_session', 'rolecall_session', '__Host-rolecall_login', '__Secure-rolecall_session', '_session'],
  ...['__HOST-rolecall_session', '__proto__', 'toString', '', ' ', '__Host-_interaction', '_session.sig'],
]
const values = ['{{session}}', '{{login}}', '{{ended}}', '', 'x', '%00', '%', '"{{session}}"', 'A'.repeat(43), 'null']

const pair = fc
  .tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...values), fc.string({ maxLength: 50 })))
  .map(([name, value]) => `${name}=${value}`)

export const cookies: Target = {
  name: 'cookies',
  says: 'cookies, of sessions and of sign-ins under way',
  grammar: fc.array(pair, { maxLength: 6 }).map((pairs) => pairs.join('; ')),
  words: [...names, ...values, ';', '; ', '=', '"'],
  prepare: cookiePlayer,
}

const pages = ['/console', '/account', '/login', '/login/second-factor', '/emergency', '/account/security']

async function cookiePlayer(app: TestApp): Promise<Player> {
  const organization = await app.createOrganization()
  const { session } = await createManager(organization)
  const connection = await createSamlConnection(organization)
  const begun = await app.request(`/sign-in/${connection.id}`, { headers: { accept: 'text/html' } })
  const login = /rolecall_login=([^;]+)/.exec(begun.headers.get('set-cookie') ?? '')?.[1] ?? ''
  const known: Record<string, string> = { session: session.token, login, ended: 'Z'.repeat(43) }
  const ask = async (path: string, cookie: string, accept: string): Promise<Response> =>
    app.request(path, { headers: { accept, cookie } })
  const control = await ask('/session', session.cookie, 'application/json')
  if (control.status !== 200) throw new Error(`The cookie unchanged opens nothing: ${control.status}`)
  const play = async (input: string) => {
    const cookie = sendable(input.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => known[name] ?? whole))
    const asked = await ask('/session', cookie, 'application/json')
    const page = await ask(pages[cookie.length % pages.length] ?? '/', cookie, 'text/html')
    await page.text()
    const isIn = asked.status === 200 && !holdsToken(cookie, session.token)
    return {
      status: Math.max(asked.status, page.status),
      fault: isIn ? 'a session is open to a cookie that is not its own' : undefined,
    }
  }
  return { play, seeds: ['__Host-rolecall_session={{session}}; rolecall_login={{login}}'] }
}

/** What can stand in a header at all. */
const sendable = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '')

/** By the letter of RFC 6265 §5.4, percent-encoding and quotes aside. */
const holdsToken = (header: string, token: string): boolean =>
  header.split(';').some((part) => {
    const [name = '', ...rest] = part.split('=')
    return name.trim() === '__Host-rolecall_session' && decoded(rest.join('=').trim().replace(/^"|"$/g, '')) === token
  })

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
