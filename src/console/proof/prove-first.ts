// Where the console turns the refusal of an old proof into the way to a fresh one: prove who you are, look again at what you were
// about to do, and send it. One place for all pages; which changes want it, the verbs and the database say.
import type { Context } from 'hono'
import { keepForm } from '#access/accounts/sign-in/kept-forms.ts'
import { type Form, formOf } from '#http/read-form.ts'
import type { ConsoleEnv } from '../ui/env.ts'

export const againPath = '/console/again'

/** To the page of the proof, and from there back here: to the page, or to the form that was sent. */
export async function proveFirst(c: Context<ConsoleEnv>): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const path = `${pathname}${search}`
  // What support types is kept nowhere: the proof is that of another organization's person.
  const isKept = c.get('support') === undefined
  const returnTo = c.req.method === 'GET' ? path : isKept ? await keptPath(c, path) : '/console'
  const next = `/login/step-up?return_to=${encodeURIComponent(returnTo)}`
  // A part of a page cannot show another page.
  if (c.req.header('hx-request') === 'true') return c.body(null, 204, { 'HX-Redirect': next })
  return c.redirect(next, 303)
}

async function keptPath(c: Context<ConsoleEnv>, path: string): Promise<string> {
  const form = await formOf(c).catch((): Form | undefined => undefined)
  if (form === undefined) return againPath
  const fields = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, value ?? '']))
  return `${againPath}/${await keepForm(c.get('ctx'), { path, fields })}`
}
