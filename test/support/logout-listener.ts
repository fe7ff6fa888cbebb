// An application's address for logout tokens, which keeps what it is sent.
import { Hono } from 'hono'
import { listen } from './listening.ts'

export type LogoutListener = {
  uri: string
  /** The logout tokens that came in, in order. */
  tokens: string[]
  /** What it answers from now on; 200 otherwise. */
  answerWith(status: number): void
  close(): Promise<void>
}

export async function startLogoutListener(): Promise<LogoutListener> {
  const tokens: string[] = []
  let status = 200
  const app = new Hono().post('/logout', async (c) => {
    const { logout_token: token } = await c.req.parseBody()
    tokens.push(String(token))
    return c.body(null, status as 200)
  })
  const { origin, close } = await listen(() => app)
  return {
    uri: `${origin}/logout`,
    tokens,
    close,
    answerWith: (next) => {
      status = next
    },
  }
}
