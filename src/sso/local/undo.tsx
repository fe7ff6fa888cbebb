// `/login/undo/{token}`: taking back an identity that was linked to somebody, from the mail that told them. Without a session,
// since they may have lost theirs; opening the link changes nothing.

import { Hono } from 'hono'
import { findUndo, type OpenUndo, undoLink } from '#access/accounts/identities/undo-link.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { tellApplications } from '#http/session-ends.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { type LocalEnv, type LocalServices, refuseToken } from '../login/shared.tsx'

const UndoPage = ({ undo, token }: { undo: OpenUndo; token: string }) => (
  <CardPage
    title="Take this sign-in back?"
    organization={undo.organizationName}
    lead={`For ${undo.displayName ?? undo.userName}`}
  >
    <p>
      Through <strong>{undo.connectionName}</strong>, somebody can sign in as you. If that is not you, take it back:
      whoever came in that way is signed out at once.
    </p>
    <PostForm action={`/login/undo/${token}`}>
      <SubmitButton label="Take it back" kind="danger" wide />
    </PostForm>
    <p class="aside">If it is you, close this page; nothing has changed.</p>
  </CardPage>
)

const DonePage = () => (
  <CardPage title="It is taken back" lead="Nobody signs in as you that way any more, and who had is signed out.">
    <p>Tell your administrator what happened, and choose a new password if you have one here.</p>
    <p>
      <WideLink href="/login">Sign in</WideLink>
    </p>
  </CardPage>
)

/** Mounted at `/login/undo`. */
export function createUndo(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()

  const over = (requestId: string) => (
    <ErrorPage
      title="This link does not work any more"
      advice="It was used, or is older than a week. Sign in and look at Security on your account page, or ask your administrator."
      reference={requestId}
      action={{ label: 'Sign in', href: '/login' }}
    />
  )

  routes.get('/:token', async (c) => {
    const token = c.req.param('token')
    const undo = await findUndo(services, { token, requestId: c.get('requestId') })
    if (undo !== undefined) return renderPage(c, <UndoPage {...{ undo, token }} />)
    return refuseToken(c, services, () => renderPage(c, over(c.get('requestId')), { status: 410 }))
  })

  routes.post('/:token', requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    const where = { token: c.req.param('token'), requestId: c.get('requestId') }
    const organizationId = await undoLink(services, where)
    if (organizationId === undefined)
      return refuseToken(c, services, () => renderPage(c, over(c.get('requestId')), { status: 410 }))
    tellApplications(c, services, organizationId)
    return renderPage(c, <DonePage />)
  })
  return routes
}
