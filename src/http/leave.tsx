// The way from a page of ours to somebody else's, by an address or by a form that the browser posts there.
import type { Context } from 'hono'
import type { AppEnv } from './env.ts'
import { renderPage } from './pages.ts'
import { PostPage } from './ui/post-page.tsx'

export type Outgoing = { kind: 'redirect'; url: string } | { kind: 'post'; url: string; fields: Record<string, string> }

/** A page that posts by itself. Where it leads, nobody but its provider knows: portals send such forms on to other hosts. */
export const postAway = <E extends AppEnv>(
  c: Context<E>,
  { url, fields }: Extract<Outgoing, { kind: 'post' }>,
): Promise<Response> =>
  renderPage(c, <PostPage url={url} fields={fields} script="submit-at-once.js" />, { formAction: 'anywhere' })

/** Sends the browser there. */
export const leaveFor = <E extends AppEnv>(c: Context<E>, outgoing: Outgoing): Response | Promise<Response> =>
  outgoing.kind === 'redirect' ? c.redirect(outgoing.url, 303) : postAway(c, outgoing)
