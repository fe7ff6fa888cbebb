// `/account/organizations`: the organizations that a browser is signed in at, and the way from one to another. Works without a current
// session too: an application may ask somebody to choose (prompt=select_account) who has just signed out of one of them.

import { type Context, Hono } from 'hono'
import { createSessionReader, type SessionDescription } from '#access/sign-in/sessions/describe-session.ts'
import type { AppEnv } from '#http/env.ts'
import { madeForOf, readMadeFor } from '#http/made-for.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { askWhichSession } from '#http/require-session.tsx'
import { safeReturnTo } from '#http/return-to.ts'
import { readSession } from '#http/session.ts'
import { signOutHere } from '#http/session-ends.ts'
import { endBeside, sessionsBeside, switchSession } from '#http/sessions-beside.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { KeptFields } from '#http/ui/kept-form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { AppError, invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import type { AccountServices } from './env.ts'

const path = '/account/organizations'

/** @returns an app to be mounted at `/account/organizations` */
export function createOrganizationPages(services: AccountServices): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  const reader = createSessionReader(services.database)
  const { origin } = services.urls
  pages.use(requireSameOrigin({ origin }), readSession(services))

  const describe = async (tokenHash: string): Promise<SessionDescription | undefined> =>
    reader.describe(tokenHash).catch((error: unknown) => {
      // It has ended between the two looks.
      if (error instanceof AppError && error.code === 'unauthenticated') return undefined
      throw error
    })

  async function show(c: Context<AppEnv>, returnTo: string | undefined, hasEnded = false): Promise<Response> {
    const session = c.get('session')
    const beside = await sessionsBeside(c, services)
    if (session === undefined && beside.length === 0 && !hasEnded) return c.redirect(loginPath(returnTo), 303)
    const here = session === undefined ? undefined : await describe(session.tokenHash)
    const others = (await Promise.all(beside.map(({ tokenHash }) => describe(tokenHash)))).filter(
      (one) => one !== undefined,
    )
    return renderPage(c, <OrganizationsPage {...{ here, others, returnTo, hasEnded }} />)
  }

  pages.get('/', (c) => {
    const asked = c.req.query('return_to')
    return show(c, asked === undefined ? undefined : safeReturnTo(asked, origin))
  })

  pages.post('/switch', async (c) => {
    const { organization = '', return_to: asked } = await readForm(c)
    const returnTo = asked === undefined || asked === '' ? undefined : safeReturnTo(asked, origin)
    if (organization === c.get('session')?.organizationId) return redirectOnward(c, returnTo ?? '/account')
    const switched = await switchSession(c, services, organization)
    return switched === undefined ? show(c, returnTo, true) : redirectOnward(c, returnTo ?? '/')
  })

  // A form of ours that was made for another session than the current one, on its way back to that.
  pages.post('/back', async (c) => {
    const { path: to, page, fields, meant } = await readForm(c, { maxBytes: mostKeptBytes })
    const form = readKept(fields)
    const wanted = readMadeFor(meant)
    const switched =
      wanted === undefined ? undefined : await switchSession(c, services, wanted.organizationId, wanted.userId)
    if (switched !== undefined) c.set('session', switched)
    const isThere = meant === undefined || meant === '' || madeForOf(c) === meant
    if (!isThere || c.get('session') === undefined)
      return askWhichSession(c, services, { path: to ?? '', page: page ?? '', form, madeFor: meant })
    const target = safeReturnTo(form === undefined ? page : to, origin)
    if (form === undefined) return redirectOnward(c, target)
    return renderPage(c, <SendAgainPage kept={{ path: target, fields: form }} />)
  })

  pages.post('/sign-out-all', async (c) => {
    await endBeside(c, services, await sessionsBeside(c, services))
    await signOutHere(c, services)
    return c.redirect('/signed-out', 303)
  })
  return pages
}

/** JSON of a form as large as any of ours. */
const mostKeptBytes = 12_582_912

function readKept(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined || text === '') return undefined
  const kept: unknown = parseJson(text)
  if (typeof kept !== 'object' || kept === null) throw invalid('The form is not one of ours')
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]))
}

const SendAgainPage = ({ kept }: { kept: KeptFields }) => (
  <CardPage title="Send it now?" lead="Nothing has been sent yet. Go on only if it was you who filled this in.">
    <PostForm action={kept.path} hidden={kept.fields}>
      <KeptFields {...kept} names={new Map()} />
      <SubmitButton label="Send it" wide />
    </PostForm>
    <p class="aside">
      <a href="/account">Do nothing</a>
    </p>
  </CardPage>
)

const loginPath = (returnTo: string | undefined): string =>
  returnTo === undefined ? '/login' : `/login?return_to=${encodeURIComponent(returnTo)}`

type OrganizationsProps = {
  here: SessionDescription | undefined
  others: readonly SessionDescription[]
  returnTo: string | undefined
  /** The session that was asked for lives no more. */
  hasEnded: boolean
}

const OrganizationsPage = ({ here, others, returnTo, hasEnded }: OrganizationsProps) => (
  <CardPage
    title={returnTo === undefined ? 'Your organizations' : 'Choose an organization'}
    lead="On this device you are signed in at:"
  >
    {hasEnded ? (
      <Alert kind="warning" title="That session has ended">
        Sign in there again.
      </Alert>
    ) : null}
    <ul class="ways" aria-label="Organizations">
      {here === undefined ? null : <Choice description={here} isHere returnTo={returnTo} />}
      {others.map((description) => (
        <Choice {...{ description, returnTo }} isHere={false} />
      ))}
    </ul>
    <p>
      <WideLink href={loginPath(returnTo ?? path)}>Sign in at another organization</WideLink>
    </p>
    {here === undefined && others.length === 0 ? null : (
      <PostForm action={`${path}/sign-out-all`}>
        <button type="submit" class="btn w-100">
          Sign out of all
        </button>
      </PostForm>
    )}
  </CardPage>
)

type ChoiceProps = { description: SessionDescription; isHere: boolean; returnTo: string | undefined }

/** Where one is already, there is nothing to choose unless an application asks. */
const Choice = ({ description: { organization, user }, isHere, returnTo }: ChoiceProps) => (
  <li>
    {isHere && returnTo === undefined ? (
      <p>
        <strong>{organization.name}</strong>, as {user.displayName ?? user.userName} (now)
      </p>
    ) : (
      <PostForm action={`${path}/switch`}>
        <input type="hidden" name="organization" value={organization.id} />
        {returnTo === undefined ? null : <input type="hidden" name="return_to" value={returnTo} />}
        <button type="submit" class="btn w-100">
          {isHere ? 'Continue at' : 'Switch to'} {organization.name}, as {user.displayName ?? user.userName}
        </button>
      </PostForm>
    )}
  </li>
)
