// Directories: what delivers people and groups by SCIM, its tokens, how it does, and what can be switched off.
import { type Context, Hono } from 'hono'
import { listAdoptionRequests } from '#access/people/adoption/adoption-requests.ts'
import { listMassChanges } from '#access/people/brake/mass-changes.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { deleteDirectory } from '#connections/directories/delete-directory.ts'
import { type DirectoryRecord, getDirectory, listDirectories } from '#connections/directories/directories.ts'
import { listDirectoryClients } from '#connections/directories/directory-clients.ts'
import { type IssuedDirectoryToken, listDirectoryTokens } from '#connections/directories/directory-tokens.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { getDirectoryActivity, listDirectoryActivity } from '#connections/provisioning/activity.ts'
import { listProvisioningEvents } from '#connections/provisioning/events.ts'
import { getDirectoryRhythm } from '#connections/provisioning/rhythm.ts'
import { countDirectoryContent } from '#connections/setup-links/directory-content.ts'
import { listExtensionAttributes } from '#directory/extension-attributes.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { notFound } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { toldApart } from '#words/told-apart.ts'
import { showPreview } from '../changes/changes.tsx'
import { arrivalsOf } from '../connect/choose.tsx'
import { typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, endOfDay, isRefused } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { createAdoptionPages } from './adoptions.tsx'
import { createAttributePages } from './attributes.tsx'
import { brakeOf } from './brake.tsx'
import { ChangePage, isDirectoryChange, RevokePage, wordFor } from './change-pages.tsx'
import { createClientPages } from './clients.tsx'
import { DirectoryPage, NewTokenPage } from './directory-page.tsx'
import { DirectoryListPage } from './list-page.tsx'
import { createMassChangePages } from './mass-changes.tsx'
import { createMovePages } from './move.tsx'

const path = '/console/directories'

/** @returns an app to be mounted at `/console/directories` */
export function createDirectoryPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', (c) => showList(c, emptyForm))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showList(c, state) }, async (form) => {
      const { directory, token } = await createDirectory(c.get('ctx'), { name: form['name'] ?? '' })
      return showToken(c, directory, token)
    }),
  )

  pages.get('/:id', (c) => showDirectory(c, emptyForm))

  pages.post('/:id/name', (c) =>
    submit(c, { again: (state) => showDirectory(c, state) }, async (form) => {
      await updateDirectory(c.get('ctx'), { directoryId: c.req.param('id'), name: form['name'] ?? '' })
      return `${path}/${c.req.param('id')}?done=saved`
    }),
  )

  pages.post('/:id/tokens', async (c) => {
    const directory = await getDirectory(c.get('ctx'), c.req.param('id'))
    return submit(c, { again: (state) => showDirectory(c, state) }, async (form) => {
      const expiresAt = endOfDay(form, 'expiresAt') ?? null
      return showToken(c, directory, await issueDirectoryToken(c.get('ctx'), { directoryId: directory.id, expiresAt }))
    })
  })

  pages.get('/:id/tokens/:tokenId/revoke', (c) => showRevoke(c, emptyForm))

  pages.post('/:id/tokens/:tokenId/revoke', async (c) => {
    const [ctx, form, { id, tokenId }] = [c.get('ctx'), await readForm(c), c.req.param()]
    const token = (await listDirectoryTokens(ctx, { directoryId: id })).find((each) => each.id === tokenId)
    if (token === undefined) throw notFound('Token')
    const state = typedState(form, token.lastFour)
    if (isRefused(state)) return showRevoke(c, state)
    await revokeDirectoryToken(ctx, { directoryId: id, tokenId })
    return c.redirect(`${path}/${id}?done=revoked`, 303)
  })

  pages.post('/:id/arrivals', async (c) => {
    const directoryId = c.req.param('id')
    await updateDirectory(c.get('ctx'), { directoryId, arrivals: arrivalsOf(await readForm(c)) })
    return c.redirect(`${path}/${directoryId}?done=saved`, 303)
  })

  pages.post('/:id/adoption', async (c) => {
    const [directoryId, { adoption }] = [c.req.param('id'), await readForm(c)]
    await updateDirectory(c.get('ctx'), { directoryId, adoption: adoption as DirectoryRecord['adoption'] })
    return c.redirect(`${path}/${directoryId}?done=saved`, 303)
  })

  pages.post('/:id/brake', async (c) => {
    const [ctx, directoryId] = [c.get('ctx'), c.req.param('id')]
    return submit(c, { again: (state) => showDirectory(c, state) }, async (form) => {
      await updateDirectory(ctx, { directoryId, ...brakeOf(form) })
      return `${path}/${directoryId}?done=saved`
    })
  })

  pages.route('/:id/mass-changes', createMassChangePages())

  pages.route('/:id/adoptions', createAdoptionPages())

  pages.route('/:id/move', createMovePages())

  pages.route('/:id/clients', createClientPages())

  pages.route('/:id/attributes', createAttributePages())

  pages.post('/:id/admit', async (c) => {
    const { id, name } = await getDirectory(c.get('ctx'), c.req.param('id'))
    return showPreview(c, {
      section: 'directories',
      title: `Let in the people of ${name}`,
      change: { kind: 'admit_arrivals', directoryId: id },
      ...{ next: `${path}/${id}`, back: `${path}/${id}` },
    })
  })

  pages.get('/:id/:change{disable|enable|delete}', (c) => showChange(c, emptyForm))

  pages.post('/:id/:change{disable|enable|delete}', async (c) => {
    const [ctx, { id, change }] = [c.get('ctx'), c.req.param()]
    const word = wordFor(change, await getDirectory(ctx, id))
    return submit(c, { again: (state) => showChange(c, state), word }, async () => {
      if (change === 'delete') {
        await deleteDirectory(ctx, id)
        return `${path}?done=deleted`
      }
      await updateDirectory(ctx, { directoryId: id, status: change === 'disable' ? 'disabled' : 'active' })
      return `${path}/${id}?done=saved`
    })
  })
  return pages
}

async function showList(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [directories, activities] = await Promise.all([
    listDirectories(frame.ctx).then(toldApart),
    listDirectoryActivity(frame.ctx),
  ])
  const page = <DirectoryListPage {...{ frame, directories, activities, state }} />
  return renderForm(c, state, page)
}

async function showDirectory(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, directoryId] = [frameOf(c), c.req.param('id') ?? '']
  const directory = await getDirectory(frame.ctx, directoryId)
  const [tokens, clients, activity, rhythm, events, content] = await Promise.all([
    listDirectoryTokens(frame.ctx, { directoryId }),
    listDirectoryClients(frame.ctx, directoryId),
    getDirectoryActivity(frame.ctx, directoryId),
    getDirectoryRhythm(frame.ctx, directoryId),
    listProvisioningEvents(frame.ctx, { directoryId, limit: 8 }),
    countDirectoryContent(frame.ctx, directoryId),
  ])
  const mayRead = isPermitted(frame.ctx, 'users.read')
  const attributes = mayRead ? await listExtensionAttributes(frame.ctx, directoryId) : undefined
  const asked = mayRead ? await listAdoptionRequests(frame.ctx, { directoryId, status: 'pending', limit: 100 }) : []
  const massChanges = mayRead ? await listMassChanges(frame.ctx, { directoryId, isOpen: true, limit: 5 }) : []
  const known = { massChanges, tokens, clients, attributes, activity, rhythm, events, content }
  const shown = { frame, directory, ...known, state, waiting: asked.length }
  const page = <DirectoryPage {...shown} />
  return renderForm(c, state, page)
}

const showToken = (
  c: Context<ConsoleEnv>,
  directory: DirectoryRecord,
  token: IssuedDirectoryToken,
): Promise<Response> => renderPage(c, <NewTokenPage {...{ frame: frameOf(c), directory, token }} />)

async function showRevoke(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { id = '', tokenId } = c.req.param() as Record<string, string | undefined>
  const directory = await getDirectory(frame.ctx, id)
  const tokens = await listDirectoryTokens(frame.ctx, { directoryId: id })
  const token = tokens.find((each) => each.id === tokenId)
  if (token === undefined) throw notFound('Token')
  const page = <RevokePage {...{ frame, directory, token, tokens, state }} />
  return renderForm(c, state, page)
}

async function showChange(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { id = '', change = '' } = c.req.param() as Record<string, string | undefined>
  if (!isDirectoryChange(change)) throw notFound('Page')
  const directory = await getDirectory(frame.ctx, id)
  const content = await countDirectoryContent(frame.ctx, id)
  const page = <ChangePage {...{ frame, directory, content, change, state }} />
  return renderForm(c, state, page)
}
