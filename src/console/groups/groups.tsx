// Groups: from directories, from sign-in claims, or made here. What a directory manages is looked at; local ones are changed.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { listMembers } from '#access/people/list-groups.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { updateLocalGroup } from '#access/people/local.ts'
import { getListedGroup, listGroupMappings, searchGroups } from '#access/people/search-groups.ts'
import { createGroup } from '#directory/create-group.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { isPermitted, requirePermission } from '#src/context.ts'
import { showPreview } from '../changes/changes.tsx'
import { namedDirectories, withDirectoryNames } from '../ui/directory-names.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { GroupFormPage } from './group-form-page.tsx'
import { GroupPage } from './group-page.tsx'
import { GroupsPage } from './groups-page.tsx'

const memberPage = 50
const foundPeople = 10

const NameInput = z.object({ displayName: nameSchema })

/** @returns an app to be mounted at `/console/groups` */
export function createGroups(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const { q = '', source = '', cursor } = c.req.query()
    const filter = { ...(q === '' ? {} : { q }), ...(source === '' ? {} : { source }) }
    const [searched, directories] = await Promise.all([
      searchGroups(frame.ctx, { filter, cursor }),
      namedDirectories(frame.ctx),
    ])
    const found = { ...searched, items: withDirectoryNames(searched.items, directories) }
    return renderPage(c, <GroupsPage {...{ frame, found, q, source, cursor, directories }} />)
  })

  pages.get('/new', (c) => {
    requirePermission(c.get('ctx'), 'groups.write')
    return showForm(c, undefined, emptyForm)
  })

  pages.post('/', (c) =>
    submit(c, { again: (state) => showForm(c, undefined, state) }, async (form) => {
      const { displayName } = parseInput(NameInput, form)
      const content = { displayName, externalId: null, attributes: {} }
      const { id } = await createGroup(c.get('ctx'), { directoryId: null, content, memberIds: [] })
      return `/console/groups/${id}?done=created`
    }),
  )

  pages.get('/:id', async (c) => {
    const [frame, groupId] = [frameOf(c), c.req.param('id')]
    const { q = '', after } = c.req.query()
    const [group, mappings, members] = await Promise.all([
      getListedGroup(frame.ctx, groupId),
      listGroupMappings(frame.ctx, groupId),
      listMembers(frame.ctx, { groupId, after, limit: memberPage + 1 }),
    ])
    const mayChange = group.directory === null && group.connection === null && isPermitted(frame.ctx, 'groups.write')
    const found =
      mayChange && q !== ''
        ? await searchUsers(frame.ctx, { filter: { q }, order: { sort: 'name', direction: 'asc' }, limit: foundPeople })
        : undefined
    const page = { members: members.slice(0, memberPage), after, hasMore: members.length > memberPage }
    return renderPage(c, <GroupPage {...{ frame, group, mappings, page, q, found, mayChange }} />)
  })

  pages.get('/:id/edit', async (c) => {
    const { id, displayName } = await getListedGroup(c.get('ctx'), c.req.param('id'))
    return showForm(c, id, filledForm({ displayName }))
  })

  pages.post('/:id', async (c) => {
    const groupId = c.req.param('id')
    return submit(c, { again: (state) => showForm(c, groupId, state) }, async (form) => {
      const { displayName } = parseInput(NameInput, form)
      const change = ({
        externalId,
        attributes,
      }: {
        externalId: string | null
        attributes: Record<string, unknown>
      }) => ({
        ...{ displayName, externalId, attributes },
      })
      await updateLocalGroup(c.get('ctx'), { groupId, change })
      return `/console/groups/${groupId}?done=saved`
    })
  })

  pages.post('/:id/members', async (c) => {
    const { member = '' } = await readForm(c)
    const groupId = c.req.param('id')
    try {
      await updateLocalGroup(c.get('ctx'), { groupId, members: [{ kind: 'add', ids: [member] }] })
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== 'second_person') throw error
      const { displayName } = await getListedGroup(c.get('ctx'), groupId)
      return showPreview(c, {
        section: 'groups',
        title: `Put somebody into ${displayName}`,
        change: { kind: 'add_members', groupId, memberIds: [member] },
        ...{ next: `/console/groups/${groupId}`, back: `/console/groups/${groupId}` },
      })
    }
    return c.redirect(`/console/groups/${groupId}?done=saved`, 303)
  })

  pages.post('/:id/members/remove', async (c) => {
    const { member = '', name = '' } = await readForm(c)
    const { id, displayName } = await getListedGroup(c.get('ctx'), c.req.param('id'))
    return showPreview(c, {
      section: 'groups',
      title: `Take ${name === '' ? 'a member' : name} out of ${displayName}`,
      change: { kind: 'remove_members', groupId: id, memberIds: [member] },
      ...{ next: `/console/groups/${id}`, back: `/console/groups/${id}` },
    })
  })

  pages.post('/:id/delete', async (c) => {
    const { id, displayName } = await getListedGroup(c.get('ctx'), c.req.param('id'))
    return showPreview(c, {
      section: 'groups',
      title: `Delete the group ${displayName}`,
      change: { kind: 'delete_group', groupId: id },
      word: displayName,
      ...{ next: '/console/groups?done=deleted', back: `/console/groups/${id}` },
    })
  })
  return pages
}

async function showForm(c: Context<ConsoleEnv>, groupId: string | undefined, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const group = groupId === undefined ? undefined : await getListedGroup(frame.ctx, groupId)
  return renderForm(c, state, <GroupFormPage {...{ frame, group, state }} />)
}
