// Erasing a person: what goes, what stays, and the name typed again.
import { type Context, Hono } from 'hono'
import { getSettings } from '#access/organizations/settings.ts'
import { getDeletedPerson } from '#access/people/status/deleted-people.ts'
import { eraseUser } from '#access/people/status/erase-user.ts'
import { getUser, type UserRecord } from '#directory/users.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, PostForm, Refusal } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { TypedWord } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'

/** @returns an app to be mounted at `/console/users` */
export function createErasePages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/erase', async (c) => showErase(c, await userAt(c), emptyForm))
  pages.post('/:id/erase', async (c) => {
    const user = await userAt(c)
    return submit(c, { again: (state) => showErase(c, user, state), names: { confirm: 'proof' } }, async (form) => {
      await eraseUser(c.get('ctx'), { userId: user.id, confirm: form['proof'] ?? '' })
      return '/console/users?done=erased'
    })
  })
  return pages
}

type Named = Pick<UserRecord, 'id' | 'userName' | 'displayName'>

/** Also of whoever is deleted. */
async function userAt(c: Context<ConsoleEnv>): Promise<Named & { isDeleted: boolean }> {
  const [ctx, userId] = [c.get('ctx'), c.req.param('id') ?? '']
  try {
    return { ...(await getUser(ctx, { userId, directoryId: null })), isDeleted: false }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_found')) throw error
    return { ...(await getDeletedPerson(ctx, userId)), isDeleted: true }
  }
}

async function showErase(
  c: Context<ConsoleEnv>,
  user: Named & { isDeleted: boolean },
  state: FormState,
): Promise<Response> {
  const frame = frameOf(c)
  const name = user.displayName ?? user.userName
  const days = isPermitted(frame.ctx, 'organization.read') ? (await getSettings(frame.ctx)).eraseAfterDays : undefined
  const back = user.isDeleted
    ? { label: 'Deleted people', href: '/console/deleted-people' }
    : { label: name, href: `/console/users/${user.id}` }
  const trail = [...sectionTrail('users'), back]
  const page = (
    <ConsolePage
      {...{ frame, trail }}
      section="users"
      title={`Erase ${name}`}
      lead="This cannot be undone. Deactivating is enough to shut somebody out."
    >
      <Panel title="What goes, and what stays">
        <p>
          Name, addresses, profile, groups, roles, sign-in data, mails and traces of {name} are destroyed. The audit
          trail keeps what they did under their id, and what it said about them at the time.
        </p>
        {days === undefined ? null : <p>Only somebody who has been inactive for {days} days can be erased.</p>}
        <Refusal state={state} />
        <PostForm action={`/console/users/${user.id}/erase`}>
          <TypedWord word={user.userName} state={state} />
          <Buttons submit="Erase permanently" kind="danger" back={back.href} leave="Cancel" />
        </PostForm>
      </Panel>
    </ConsolePage>
  )
  return renderForm(c, state, page)
}
