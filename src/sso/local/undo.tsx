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
import { Say, useWords } from '#http/ui/reader.tsx'
import { type LocalEnv, type LocalServices, refuseToken } from '../login/shared.tsx'

const UndoPage = ({ undo, token }: { undo: OpenUndo; token: string }) => {
  const words = useWords()
  const connection = undo.connectionName
  return (
    <CardPage
      title={words('undo.title')}
      organization={undo.organizationName}
      lead={words('reset.for', { name: undo.displayName ?? undo.userName })}
    >
      <p>
        <Say of="undo.text" values={{ connection, b: (content) => <strong>{content}</strong> }} />
      </p>
      <PostForm action={`/login/undo/${token}`}>
        <SubmitButton label={words('undo.submit')} kind="danger" wide />
      </PostForm>
      <p class="aside">{words('undo.aside')}</p>
    </CardPage>
  )
}

const DonePage = () => {
  const words = useWords()
  return (
    <CardPage title={words('undo.done')} lead={words('undo.doneLead')}>
      <p>{words('undo.doneText')}</p>
      <p>
        <WideLink href="/login">{words('frame.signIn')}</WideLink>
      </p>
    </CardPage>
  )
}

const OverPage = ({ reference }: { reference: string }) => {
  const words = useWords()
  const action = { label: words('frame.signIn'), href: '/login' }
  return <ErrorPage title={words('reset.over')} advice={words('undo.overAdvice')} {...{ reference, action }} />
}

/** Mounted at `/login/undo`. */
export function createUndo(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()

  routes.get('/:token', async (c) => {
    const token = c.req.param('token')
    const undo = await findUndo(services, { token, requestId: c.get('requestId') })
    if (undo !== undefined) return renderPage(c, <UndoPage {...{ undo, token }} />)
    return refuseToken(c, services, () => renderPage(c, <OverPage reference={c.get('requestId')} />, { status: 410 }))
  })

  routes.post('/:token', requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    const where = { token: c.req.param('token'), requestId: c.get('requestId') }
    const organizationId = await undoLink(services, where)
    if (organizationId === undefined)
      return refuseToken(c, services, () => renderPage(c, <OverPage reference={c.get('requestId')} />, { status: 410 }))
    tellApplications(c, services, organizationId)
    return renderPage(c, <DonePage />)
  })
  return routes
}
